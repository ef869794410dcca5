import {
  isJsonObject,
  Json,
  JsonObject,
  objectAt,
  objectsAt,
  textAt,
} from '../json';
import { KubernetesObject } from '../store/KubernetesObject';
import { ResourceName } from './Resource';

interface Column {
  readonly name: string;
  readonly cell: (object: KubernetesObject, now: number) => Json;
  readonly wide?: boolean;
}

const name: Column = { name: 'Name', cell: object => object.metadata.name };
const age: Column = {
  name: 'Age',
  cell: (object, now) => duration(object.metadata.creationTimestamp, now),
};

/** The columns that `kubectl get` shows; wide ones with `-o wide`. */
const columns: Readonly<Record<ResourceName, readonly Column[]>> = {
  namespaces: [
    name,
    { name: 'Status', cell: object => at(object, 'status', 'phase') },
    age,
  ],
  pods: [
    name,
    { name: 'Ready', cell: podReady },
    { name: 'Status', cell: podStatus },
    { name: 'Restarts', cell: () => '0' },
    age,
    { name: 'IP', cell: object => at(object, 'status', 'podIP'), wide: true },
    {
      name: 'Node',
      cell: object => at(object, 'spec', 'nodeName'),
      wide: true,
    },
    { name: 'Nominated Node', cell: () => '<none>', wide: true },
    { name: 'Readiness Gates', cell: () => '<none>', wide: true },
  ],
  deployments: [
    name,
    {
      name: 'Ready',
      cell: object =>
        `${count(object, 'readyReplicas')}/${at(object, 'spec', 'replicas')}`,
    },
    { name: 'Up-to-date', cell: object => count(object, 'updatedReplicas') },
    { name: 'Available', cell: object => count(object, 'availableReplicas') },
    age,
    {
      name: 'Containers',
      cell: object => templateList(object, 'name'),
      wide: true,
    },
    {
      name: 'Images',
      cell: object => templateList(object, 'image'),
      wide: true,
    },
    {
      name: 'Selector',
      cell: object =>
        Object.entries(objectAt(object, 'spec', 'selector', 'matchLabels'))
          .map(([key, value]) => `${key}=${value}`)
          .join(','),
      wide: true,
    },
  ],
  replicasets: [
    name,
    { name: 'Desired', cell: object => at(object, 'spec', 'replicas') },
    { name: 'Current', cell: object => count(object, 'replicas') },
    { name: 'Ready', cell: object => count(object, 'readyReplicas') },
    age,
  ],
  configmaps: [name, { name: 'Data', cell: dataCount }, age],
  secrets: [
    name,
    { name: 'Type', cell: object => textAt(object, 'type') ?? '' },
    { name: 'Data', cell: dataCount },
    age,
  ],
  nodes: [
    name,
    { name: 'Status', cell: () => 'Ready' },
    { name: 'Roles', cell: () => '<none>' },
    age,
    {
      name: 'Version',
      cell: object => at(object, 'status', 'nodeInfo', 'kubeletVersion'),
    },
  ],
  events: [
    name,
    { name: 'Type', cell: object => textAt(object, 'type') ?? '' },
    { name: 'Reason', cell: object => textAt(object, 'reason') ?? '' },
    { name: 'Message', cell: object => textAt(object, 'message') ?? '' },
  ],
};

/**
 * A `meta.k8s.io/v1` Table.
 *
 * @param include - how much of each object a row carries: `None`,
 *   `Metadata` (the default) or `Object`
 */
export function toTable(
  resource: ResourceName,
  objects: KubernetesObject[],
  options: { now: number; include: string | null; metadata: JsonObject },
): JsonObject {
  return {
    kind: 'Table',
    apiVersion: 'meta.k8s.io/v1',
    metadata: options.metadata,
    columnDefinitions: columns[resource].map(column => ({
      name: column.name,
      type: 'string',
      format: column.name === 'Name' ? 'name' : '',
      description: '',
      priority: column.wide ? 1 : 0,
    })),
    rows: objects.map(object => ({
      cells: columns[resource].map(column => column.cell(object, options.now)),
      object: rowObject(object, options.include),
    })),
  };
}

function rowObject(
  object: KubernetesObject,
  include: string | null,
): JsonObject | undefined {
  if (include === 'None') return undefined;
  if (include === 'Object') return object;
  return {
    kind: 'PartialObjectMetadata',
    apiVersion: 'meta.k8s.io/v1',
    metadata: object.metadata,
  };
}

function podReady(pod: KubernetesObject): string {
  const statuses = objectsAt(objectAt(pod, 'status'), 'containerStatuses');
  const ready = statuses.filter(status => status.ready === true).length;
  return `${ready}/${objectsAt(objectAt(pod, 'spec'), 'containers').length}`;
}

function podStatus(pod: KubernetesObject): string {
  const [first] = objectsAt(objectAt(pod, 'status'), 'containerStatuses');
  const waiting = objectAt(first ?? {}, 'state', 'waiting');
  return textAt(waiting, 'reason') ?? at(pod, 'status', 'phase');
}

function dataCount(object: KubernetesObject): number {
  return ['data', 'binaryData'].reduce(
    (sum, key) => sum + Object.keys(objectAt(object, key)).length,
    0,
  );
}

function templateList(object: KubernetesObject, key: string): string {
  return objectsAt(objectAt(object, 'spec', 'template', 'spec'), 'containers')
    .map(container => textAt(container, key) ?? '')
    .join(',');
}

function count(object: KubernetesObject, key: string): number {
  return Number(objectAt(object, 'status')[key] ?? 0);
}

function at(object: KubernetesObject, ...path: string[]): string {
  const last = path[path.length - 1];
  const value = objectAt(object, ...path.slice(0, -1))[last];
  return isJsonObject(value) ? '' : String(value ?? '<none>');
}

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** As kubectl writes ages: `45s`, `3m20s`, `12m`, `5h3m`, `30h`, `4d`. */
function duration(since: string, now: number): string {
  const total = Math.max(0, Math.floor((now - Date.parse(since)) / 1000));
  const pair = (unit: number, name1: string, rest: number, name2: string) => {
    const remainder = Math.floor((total % unit) / rest);
    const whole = `${Math.floor(total / unit)}${name1}`;
    return remainder > 0 ? `${whole}${remainder}${name2}` : whole;
  };
  if (total < 2 * MINUTE) return `${total}s`;
  if (total < 10 * MINUTE) return pair(MINUTE, 'm', 1, 's');
  if (total < 3 * HOUR) return `${Math.floor(total / MINUTE)}m`;
  if (total < 8 * HOUR) return pair(HOUR, 'h', MINUTE, 'm');
  if (total < 2 * DAY) return `${Math.floor(total / HOUR)}h`;
  return `${Math.floor(total / DAY)}d`;
}
