import { NotAllowedError } from '@backstage/errors';
import type { AgentConfig } from '../config';
import { globMatches } from './globMatches';

/** An agent that has shown who it is. */
export class Agent {
  readonly id: string;
  /** Globs. */
  readonly clusters: readonly string[];
  /** Where users reach it, whatever it says of itself; undefined when that is not configured. */
  readonly publicUrl: string | undefined;

  static fromConfig(config: AgentConfig): Agent {
    return new Agent(config);
  }

  private constructor({ id, clusters, publicUrl }: AgentConfig) {
    this.id = id;
    this.clusters = clusters;
    this.publicUrl = publicUrl;
  }

  /** Whether it may speak of the cluster. */
  mayServe(clusterName: string): boolean {
    return this.clusters.some(glob => globMatches(glob, clusterName));
  }

  /**
   * @throws NotAllowedError that names the first cluster that it may not speak of
   */
  requireClusters(clusterNames: Iterable<string>): void {
    for (const name of clusterNames) {
      if (!this.mayServe(name)) {
        throw new NotAllowedError(
          `Agent ${this.id} is not bound to the cluster ${JSON.stringify(
            name,
          )}`,
        );
      }
    }
  }
}
