import type { CompiledRole, CompiledRule } from './CompiledRole';
import type { AuthorizationRequest } from './RoleAuthorizer';

/** Resources whose rules are remembered; a client may ask for any name. */
const MAX_RESOURCES = 256;

/** Of some roles the rules that may speak of a request; roles without any are left out. */
export type RelevantRules = Record<
  'denies' | 'allows',
  ReadonlyMap<CompiledRole, readonly CompiledRule[]>
>;

/** The roles that one user holds in one cluster, ready to be asked again and again. */
export class Holding {
  /** Of the cluster, when the roles were found. */
  readonly tags: Record<string, string>;
  readonly #roles: readonly CompiledRole[];
  /** Whether any of them counts for some addresses alone. */
  readonly #isConditional: boolean;
  readonly #byResource = new Map<string, RelevantRules>();
  readonly #all: RelevantRules;

  static create(
    tags: Record<string, string>,
    roles: readonly CompiledRole[],
  ): Holding {
    return new Holding(tags, roles);
  }

  private constructor(
    tags: Record<string, string>,
    roles: readonly CompiledRole[],
  ) {
    this.tags = tags;
    this.#roles = roles;
    this.#isConditional = roles.some(({ admits }) => admits !== undefined);
    this.#all = relevantRules(roles, () => true);
  }

  /** Those that count for a client there. */
  rolesFor(clientIp: string): readonly CompiledRole[] {
    return this.#isConditional
      ? this.#roles.filter(({ admits }) => admits?.(clientIp) ?? true)
      : this.#roles;
  }

  /** The rules of which one may match the request. */
  rulesOf({
    isResourceRequest,
    resourceLabel,
  }: AuthorizationRequest): RelevantRules {
    if (!isResourceRequest) {
      return this.#all;
    }
    const known = this.#byResource.get(resourceLabel);
    if (known) {
      return known;
    }
    const rules = relevantRules(this.#roles, rule =>
      rule.namesResource(resourceLabel),
    );
    if (this.#byResource.size < MAX_RESOURCES) {
      this.#byResource.set(resourceLabel, rules);
    }
    return rules;
  }
}

function relevantRules(
  roles: readonly CompiledRole[],
  isRelevant: (rule: CompiledRule) => boolean,
): RelevantRules {
  const select = (effect: 'denies' | 'allows') =>
    new Map(
      roles.flatMap(role => {
        const rules = role[effect].filter(isRelevant);
        return rules.length > 0 ? [[role, rules] as const] : [];
      }),
    );
  return { denies: select('denies'), allows: select('allows') };
}
