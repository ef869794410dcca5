import type { Role, RoleRule } from '../policy';
import { compileNetworks } from './compileNetworks';
import type { AuthorizationRequest } from './RoleAuthorizer';
import { compileNamePatterns, NamePattern } from './NamePattern';

/** A rule ready to be asked. @public */
export type CompiledRule = {
  rule: RoleRule;
  /** From 1, as a reader of the file counts. */
  position: number;
  /** Whether it may speak of a resource at all. */
  namesResource(label: string): boolean;
  /** Whether the rule speaks of the request. */
  matches(request: AuthorizationRequest): boolean;
  /** Whether it would, in another namespace or for another name. */
  matchesElsewhere(request: AuthorizationRequest): boolean;
  /** Whether it would, with another verb. */
  matchesOtherVerb(request: AuthorizationRequest): boolean;
  /** Whether it speaks of something in this namespace. */
  coversNamespace(namespace: string): boolean;
};

/** A role ready to be asked. @public */
export type CompiledRole = {
  role: Role;
  rules: CompiledRule[];
  /** Of the rules those that deny … */
  denies: CompiledRule[];
  /** … and those that allow. */
  allows: CompiledRule[];
  /** Whether it is for one of the subjects, in lower case. */
  isFor(subjects: ReadonlySet<string>): boolean;
  coversCluster(cluster: AuthorizationRequest['cluster']): boolean;
  /** Whether it counts for clients at an address; undefined when it does for all. */
  admits: ((clientIp: string) => boolean) | undefined;
  mayImpersonateUser: NamePattern;
  mayImpersonateGroup: NamePattern;
};

/**
 * A resource is compared with its subresource: `pods/log`. A wildcard never
 * allows a `proxy` subresource, nor an upgrade that we do not know (of a path
 * neither): both can carry an exec past the recorder.
 */
function compileResources(
  { resources: patterns, effect }: RoleRule,
  byPattern: NamePattern,
) {
  const literal = new Set(patterns);
  return (request: AuthorizationRequest): boolean => {
    const { resourceLabel: label } = request;
    if (
      effect === 'allow' &&
      (request.subresource === 'proxy' ||
        request.verb === 'proxy' ||
        request.unknownUpgrade)
    ) {
      return literal.has(label);
    }
    return byPattern(label);
  };
}

/** Built-in resources outside of namespaces; of others the path does not tell. */
const CLUSTER_SCOPED = new Set([
  'nodes',
  'namespaces',
  'persistentvolumes',
  'clusterroles.rbac.authorization.k8s.io',
  'clusterrolebindings.rbac.authorization.k8s.io',
  'storageclasses.storage.k8s.io',
  'volumeattachments.storage.k8s.io',
  'csidrivers.storage.k8s.io',
  'csinodes.storage.k8s.io',
  'ingressclasses.networking.k8s.io',
  'priorityclasses.scheduling.k8s.io',
  'runtimeclasses.node.k8s.io',
  'customresourcedefinitions.apiextensions.k8s.io',
  'apiservices.apiregistration.k8s.io',
  'certificatesigningrequests.certificates.k8s.io',
  'mutatingwebhookconfigurations.admissionregistration.k8s.io',
  'validatingwebhookconfigurations.admissionregistration.k8s.io',
]);

const COLLECTION_VERBS = new Set(['list', 'watch', 'deletecollection']);

/** One request for many objects, whose names the rule's list cannot be held against. */
function isCollection(request: AuthorizationRequest): boolean {
  return request.name === '' && COLLECTION_VERBS.has(request.verb);
}

function spansNamespaces(request: AuthorizationRequest): boolean {
  const { apiGroup, resource } = request;
  return (
    request.namespace === '' &&
    COLLECTION_VERBS.has(request.verb) &&
    !CLUSTER_SCOPED.has(apiGroup ? `${resource}.${apiGroup}` : resource)
  );
}

function compileRule(rule: RoleRule, index: number): CompiledRule {
  const verbs = compileNamePatterns(rule.verbs);
  const apiGroups = compileNamePatterns(rule.apiGroups);
  const namesResource = compileNamePatterns(rule.resources);
  const resources = compileResources(rule, namesResource);
  const paths = compileNamePatterns(rule.nonResourceUrls);
  const literalPaths = new Set(rule.nonResourceUrls);
  const namespaces = compileNamePatterns(rule.namespaces);
  const names = compileNamePatterns(rule.names);
  const denies = rule.effect === 'deny';

  const nonResourceUrls = ({ path, unknownUpgrade }: AuthorizationRequest) =>
    unknownUpgrade && !denies ? literalPaths.has(path) : paths(path);
  // First what tells most rules from another: nearly all allow `get`.
  const ofObject = (request: AuthorizationRequest) =>
    request.isResourceRequest &&
    resources(request) &&
    apiGroups(request.apiGroup);
  // What is denied in one namespace, or for one name, must not be read or
  // deleted by asking for all of them at once.
  const inPlace = (request: AuthorizationRequest) =>
    (namespaces(request.namespace) || (denies && spansNamespaces(request))) &&
    (names(request.name) || (denies && isCollection(request)));

  return {
    rule,
    position: index + 1,
    namesResource,
    matches: request =>
      (request.isResourceRequest
        ? ofObject(request) && inPlace(request)
        : nonResourceUrls(request)) && verbs(request.verb),
    matchesElsewhere: request => verbs(request.verb) && ofObject(request),
    matchesOtherVerb: request => ofObject(request) && inPlace(request),
    coversNamespace: namespaces,
  };
}

function compileClusters(clusters: Role['clusters']) {
  if (Array.isArray(clusters)) {
    const names = compileNamePatterns(clusters);
    return ({ name }: AuthorizationRequest['cluster']) => names(name);
  }
  const tags = Object.entries(clusters.tags).map(
    ([key, pattern]) => [key, compileNamePatterns([pattern])] as const,
  );
  return (cluster: AuthorizationRequest['cluster']) =>
    tags.length > 0 &&
    tags.every(
      ([key, matches]) =>
        Object.hasOwn(cluster.tags, key) && matches(cluster.tags[key]),
    );
}

/**
 * Makes a role ready to be asked.
 *
 * @throws Error naming the role when an expression or an address in it is malformed
 * @public
 */
export function compileRole(role: Role): CompiledRole {
  try {
    const clusters = compileClusters(role.clusters);
    const clientIps =
      role.conditions.clientIps && compileNetworks(role.conditions.clientIps);
    const rules = role.rules.map(compileRule);
    const members = role.subjects.map(subject => subject.toLowerCase());
    return {
      role,
      rules,
      denies: rules.filter(({ rule }) => rule.effect === 'deny'),
      allows: rules.filter(({ rule }) => rule.effect === 'allow'),
      isFor: subjects => members.some(member => subjects.has(member)),
      coversCluster: clusters,
      admits: clientIps,
      mayImpersonateUser: compileNamePatterns(role.impersonation.users),
      mayImpersonateGroup: compileNamePatterns(role.impersonation.groups),
    };
  } catch (error) {
    throw new Error(`role ${role.name}: ${(error as Error).message}`, {
      cause: error,
    });
  }
}
