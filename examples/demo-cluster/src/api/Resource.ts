/** One of the few kinds of objects that the demo cluster keeps. */
export interface Resource {
  readonly group: '' | 'apps';
  readonly version: 'v1';
  readonly name: ResourceName;
  readonly kind: string;
  readonly shortNames: readonly string[];
  readonly namespaced: boolean;
  readonly readOnly: boolean;
  /** Each with its verbs. */
  readonly subresources: Readonly<Record<string, readonly string[]>>;
}

export type ResourceName =
  | 'namespaces'
  | 'nodes'
  | 'events'
  | 'pods'
  | 'configmaps'
  | 'secrets'
  | 'deployments'
  | 'replicasets';

function resource(
  name: ResourceName,
  kind: string,
  shortNames: string[],
  rest: Partial<Resource> = {},
): Resource {
  return {
    ...{ group: '', version: 'v1', name, kind, shortNames },
    ...{ namespaced: true, readOnly: false, subresources: {} },
    ...rest,
  };
}

const UPGRADE_VERBS = ['create', 'get'];

export const resources: Readonly<Record<ResourceName, Resource>> = {
  namespaces: resource('namespaces', 'Namespace', ['ns'], {
    namespaced: false,
  }),
  nodes: resource('nodes', 'Node', ['no'], {
    namespaced: false,
    readOnly: true,
  }),
  events: resource('events', 'Event', ['ev'], { readOnly: true }),
  pods: resource('pods', 'Pod', ['po'], {
    subresources: {
      log: ['get'],
      exec: UPGRADE_VERBS,
      attach: UPGRADE_VERBS,
      portforward: UPGRADE_VERBS,
    },
  }),
  configmaps: resource('configmaps', 'ConfigMap', ['cm']),
  secrets: resource('secrets', 'Secret', []),
  deployments: resource('deployments', 'Deployment', ['deploy'], {
    group: 'apps',
  }),
  replicasets: resource('replicasets', 'ReplicaSet', ['rs'], {
    group: 'apps',
  }),
};

export function findResource(
  group: string,
  version: string,
  name: string,
): Resource | undefined {
  return Object.values(resources).find(
    each =>
      each.group === group && each.version === version && each.name === name,
  );
}

/** `v1` or `apps/v1`. */
export function groupVersion({ group, version }: Resource): string {
  return group ? `${group}/${version}` : version;
}
