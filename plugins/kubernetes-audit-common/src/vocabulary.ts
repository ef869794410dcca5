/** The plugin id: API base path, permissions and database are named by it. @public */
export const PLUGIN_ID = 'kubernetes-audit';

/** The Backstage events topic on which each stored event is published. @public */
export const REQUEST_EVENTS_TOPIC = 'kubernetes-audit.request';

/** The verbs that the filter of *Request Audit* offers, in its order. @public */
export const KUBERNETES_VERBS = [
  'get',
  'list',
  'watch',
  'create',
  'update',
  'patch',
  'delete',
  'deletecollection',
] as const;

/** The filter value that stands for all that is not in {@link NAMED_RESOURCES}. @public */
export const OTHER_RESOURCES = 'others';

/**
 * The resources that the filter of *Request Audit* offers by name, in its
 * order, each with the built-in API group that it means: `services` of another
 * group is one of the {@link OTHER_RESOURCES}.
 *
 * @public
 */
export const NAMED_RESOURCES: Readonly<Record<string, string>> = {
  pods: '',
  'pods/exec': '',
  'pods/log': '',
  'pods/portforward': '',
  services: '',
  ingresses: 'networking.k8s.io',
  deployments: 'apps',
  replicasets: 'apps',
  statefulsets: 'apps',
  daemonsets: 'apps',
  configmaps: '',
  secrets: '',
  namespaces: '',
  nodes: '',
  persistentvolumes: '',
  persistentvolumeclaims: '',
  jobs: 'batch',
  cronjobs: 'batch',
  serviceaccounts: '',
  endpoints: '',
  roles: 'rbac.authorization.k8s.io',
  rolebindings: 'rbac.authorization.k8s.io',
  clusterroles: 'rbac.authorization.k8s.io',
  clusterrolebindings: 'rbac.authorization.k8s.io',
};

/**
 * The filter value that an event falls under: a key of {@link NAMED_RESOURCES},
 * or {@link OTHER_RESOURCES}.
 *
 * @param resource - plural with subresource, as in an event: `pods/exec`
 * @param apiGroup - the API group, empty for the core group
 * @public
 */
export function filterResourceOf(resource: string, apiGroup: string): string {
  return Object.hasOwn(NAMED_RESOURCES, resource) &&
    NAMED_RESOURCES[resource] === apiGroup
    ? resource
    : OTHER_RESOURCES;
}

/** At most so much of a request body is kept, in bytes of UTF-8. @public */
export const MAX_REQUEST_BODY_BYTES = 4096;
