import {
  compileNamePatterns,
  NamePattern,
} from 'backstage-plugin-kubernetes-audit-common';

const EVERYTHING: NamePattern = () => true;

/** Of which clusters the portal takes records from this agent: others must not be served. */
export class ClusterBinding {
  readonly #globs: () => readonly string[] | undefined;
  #compiled: { globs: readonly string[] | undefined; matches: NamePattern } = {
    globs: undefined,
    matches: EVERYTHING,
  };

  /** @param globs - undefined as long as the portal has not said */
  static create(globs: () => readonly string[] | undefined): ClusterBinding {
    return new ClusterBinding(globs);
  }

  private constructor(globs: () => readonly string[] | undefined) {
    this.#globs = globs;
  }

  covers(clusterName: string): boolean {
    const globs = this.#globs();
    if (globs !== this.#compiled.globs) {
      this.#compiled = {
        globs,
        matches: globs ? compileNamePatterns([...globs]) : EVERYTHING,
      };
    }
    return this.#compiled.matches(clusterName);
  }
}
