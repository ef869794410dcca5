import type { ClusterTags, Role } from '../policy';
import { CompiledRole, CompiledRule, compileRole } from './CompiledRole';
import { Holding } from './Holding';

/** What a user wants to do. @public */
export type AuthorizationRequest = {
  cluster: { name: string; tags: Record<string, string> };
  clientIp: string;
  isResourceRequest: boolean;
  /** Sessions are `create`, whatever method carries them. */
  verb: string;
  path: string;
  apiGroup: string;
  resource: string;
  subresource: string;
  /** Both of them, as rules name them: `pods`, `pods/log`. */
  resourceLabel: string;
  namespace: string;
  name: string;
  /** An upgrade of the connection to a protocol that is not recorded. */
  unknownUpgrade: boolean;
};

/**
 * The answer; of a denial, `reason` is what the user is told. Where no rule
 * decided but what every role allows by itself, or none does, there is none.
 *
 * @public
 */
export type Decision =
  | { allowed: true; role: CompiledRole; rule?: CompiledRule }
  | { allowed: false; reason: string; role?: string; rule?: CompiledRule };

/** Paths that tell of the API itself; who has a role in a cluster may read them, as Kubernetes' own `system:discovery` does. */
const DISCOVERY =
  /^\/(?:api|apis|openapi|version|healthz|livez|readyz)(?:\/|$)/;

/** Reviews that ask only about the asker, as Kubernetes' own `system:basic-user` allows. */
const SELF_REVIEWS = new Set([
  'authentication.k8s.io/selfsubjectreviews',
  'authorization.k8s.io/selfsubjectaccessreviews',
  'authorization.k8s.io/selfsubjectrulesreviews',
]);

function isSelfService(request: AuthorizationRequest): boolean {
  if (request.unknownUpgrade) {
    return false;
  }
  if (request.isResourceRequest) {
    return (
      request.verb === 'create' &&
      request.subresource === '' &&
      SELF_REVIEWS.has(`${request.apiGroup}/${request.resource}`)
    );
  }
  return ['get', 'head'].includes(request.verb) && DISCOVERY.test(request.path);
}

/** `kubectl get ns <theirs>`: who may do something in a namespace may see that it is there. */
function isOwnNamespace(
  role: CompiledRole,
  request: AuthorizationRequest,
): boolean {
  return (
    request.isResourceRequest &&
    request.verb === 'get' &&
    request.apiGroup === '' &&
    request.resource === 'namespaces' &&
    request.subresource === '' &&
    request.name !== '' &&
    role.rules.some(
      ({ rule, coversNamespace }) =>
        rule.effect === 'allow' &&
        rule.resources.length > 0 &&
        coversNamespace(request.name),
    )
  );
}

/** What the role allows that is near to what was asked for, in words for its user. */
function nearby(role: CompiledRole, request: AuthorizationRequest): string {
  const allows = role.rules.filter(({ rule }) => rule.effect === 'allow');
  const list = (values: string[]) => [...new Set(values)].join(', ');
  const name = `role "${role.role.name}"`;
  const elsewhere = allows.filter(rule => rule.matchesElsewhere(request));
  if (elsewhere.length > 0) {
    const namespaces = list(elsewhere.flatMap(({ rule }) => rule.namespaces));
    const names = list(elsewhere.flatMap(({ rule }) => rule.names));
    return `${name} allows it in the namespaces ${namespaces}${
      names === '*' ? '' : ` for the names ${names}`
    }`;
  }
  const otherVerbs = allows.filter(rule => rule.matchesOtherVerb(request));
  if (otherVerbs.length > 0) {
    return `${name} allows ${list(
      otherVerbs.flatMap(({ rule }) => rule.verbs),
    )} there`;
  }
  return `${name} does not allow it`;
}

/** A sentence as the API server words it. */
function describe(
  request: AuthorizationRequest,
  showPath: (path: string) => string,
): string {
  if (!request.isResourceRequest) {
    return `cannot ${request.verb} path "${showPath(request.path)}"`;
  }
  const scope = request.namespace
    ? `in the namespace "${request.namespace}"`
    : 'at the cluster scope';
  return `cannot ${request.verb} resource "${request.resourceLabel}" in API group "${request.apiGroup}" ${scope}`;
}

/**
 * Decides by the portal's roles: a deny in any role of the user wins, then the
 * first role in file order that allows; nothing else is allowed. The proxy
 * decides by it, and the portal tells by it what the proxy would decide.
 *
 * @public
 */
export class RoleAuthorizer {
  readonly #showPath: (path: string) => string;
  #roles: CompiledRole[] = [];
  #tagsByCluster: ReadonlyMap<string, Record<string, string>> = new Map();
  /** The roles of the holders of credentials, who ask again and again, by cluster. */
  #holdings = new WeakMap<readonly string[], Map<string, Holding>>();

  /** @param options - `showPath`: how a path stands in a reason, which may be kept; as it is unless given */
  static create(
    options: { showPath?: (path: string) => string } = {},
  ): RoleAuthorizer {
    return new RoleAuthorizer(options.showPath ?? (path => path));
  }

  private constructor(showPath: (path: string) => string) {
    this.#showPath = showPath;
  }

  /**
   * @param clusters - tags by the portal, which stand in for those of the same key in a request
   * @throws Error when an expression in a role is malformed; the roles before stay in force
   */
  useRoles(roles: Role[], clusters: ClusterTags[] = []): void {
    this.#roles = roles.map(compileRole);
    this.#tagsByCluster = new Map(
      clusters.map(({ name, tags }) => [name, tags]),
    );
    this.#holdings = new WeakMap();
  }

  /** @param subjects - the user's entity ref and those of its groups; the same array is quicker the next time */
  decide(subjects: readonly string[], request: AuthorizationRequest): Decision {
    const held = this.#heldBy(subjects, request.cluster);
    const roles = held.rolesFor(request.clientIp);
    if (roles.length === 0) {
      return {
        allowed: false,
        reason: `${describe(
          request,
          this.#showPath,
        )}: no role gives access to cluster "${request.cluster.name}"`,
      };
    }
    // `/api/v1/proxy/nodes/…` is the same in an old API server.
    if (
      request.resource === 'nodes' &&
      [request.subresource, request.verb].includes('proxy')
    ) {
      return {
        allowed: false,
        reason: `${describe(
          request,
          this.#showPath,
        )}: nodes/proxy is never allowed, since it would pass the recorder by`,
      };
    }

    const { denies, allows } = held.rulesOf(request);
    for (const role of roles) {
      const denying = denies.get(role)?.find(({ matches }) => matches(request));
      if (denying) {
        return this.#denied(request, role, denying);
      }
    }
    if (isSelfService(request)) {
      return { allowed: true, role: roles[0] };
    }
    for (const role of roles) {
      const rule = allows.get(role)?.find(({ matches }) => matches(request));
      if (rule || isOwnNamespace(role, request)) {
        return { allowed: true, role, rule };
      }
    }
    return {
      allowed: false,
      reason: `${describe(request, this.#showPath)}: ${roles
        .map(role => nearby(role, request))
        .join('; ')}`,
    };
  }

  /** The roles that count for a user there, in file order. */
  rolesOf(
    subjects: readonly string[],
    { cluster, clientIp }: Pick<AuthorizationRequest, 'cluster' | 'clientIp'>,
  ): readonly CompiledRole[] {
    return this.#heldBy(subjects, cluster).rolesFor(clientIp);
  }

  #heldBy(
    subjects: readonly string[],
    cluster: AuthorizationRequest['cluster'],
  ): Holding {
    let byCluster = this.#holdings.get(subjects);
    if (!byCluster) {
      byCluster = new Map();
      this.#holdings.set(subjects, byCluster);
    }
    let holding = byCluster.get(cluster.name);
    if (holding?.tags !== cluster.tags) {
      holding = this.#find(subjects, cluster);
      byCluster.set(cluster.name, holding);
    }
    return holding;
  }

  #find(
    subjects: readonly string[],
    { name, tags }: AuthorizationRequest['cluster'],
  ): Holding {
    const held = new Set(subjects.map(subject => subject.toLowerCase()));
    const cluster = {
      name,
      tags: { ...tags, ...this.#tagsByCluster.get(name) },
    };
    const roles = this.#roles.filter(
      role => role.isFor(held) && role.coversCluster(cluster),
    );
    return Holding.create(tags, roles);
  }

  #denied(
    request: AuthorizationRequest,
    { role }: CompiledRole,
    rule: CompiledRule,
  ): Decision {
    return {
      allowed: false,
      role: role.name,
      rule,
      reason: `${describe(request, this.#showPath)}: denied by rule ${
        rule.position
      } of role "${role.name}"`,
    };
  }
}
