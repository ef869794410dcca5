import type { RunningContender } from './Contender';

/** A small body, as of a pod, in bytes. */
const POD_BYTES = 5 * 1024;
/** A list, in bytes. */
const LIST_BYTES = 1024 * 1024;
export const WATCH_EVENTS = 10_000;
/** One event of a watch, in bytes. */
const EVENT_BYTES = 600;
/** The body of a call that carries very much, in bytes. */
export const HUGE_BYTES = 1024 * 1024 * 1024;

const NAMESPACE = '/api/v1/namespaces/team-15-web';

/** The paths that the upstream knows. */
export const PATHS = {
  pod: `${NAMESPACE}/pods/web-7d4b9c6f5-x2x9z`,
  list: `${NAMESPACE}/pods?limit=500`,
  watch: `${NAMESPACE}/pods?allowWatchBookmarks=true&resourceVersion=4711&watch=true`,
  /** One event, then silence. */
  idleWatch: `${NAMESPACE}/services?resourceVersion=4711&watch=true`,
  create: `${NAMESPACE}/configmaps?fieldManager=kubectl-create`,
  hugeUpload: `${NAMESPACE}/configmaps/huge`,
  hugeDownload: `${NAMESPACE}/pods/web-7d4b9c6f5-x2x9z/log?container=web`,
};

const filled = (bytes: number, object: (filler: string) => object): string => {
  const empty = JSON.stringify(object('')).length;
  return JSON.stringify(object('x'.repeat(Math.max(0, bytes - empty))));
};

const pod = (filler: string) => ({
  kind: 'Pod',
  apiVersion: 'v1',
  metadata: { name: 'web-7d4b9c6f5-x2x9z', namespace: 'team-15-web' },
  spec: { containers: [{ name: 'web', image: 'web:1', args: [filler] }] },
});

/** What the upstream answers with. */
export const BODIES = {
  pod: () => filled(POD_BYTES, pod),
  list: () => {
    const item = filled(POD_BYTES, pod);
    const count = Math.ceil(LIST_BYTES / item.length);
    return `{"kind":"PodList","items":[${Array(count).fill(item).join(',')}]}`;
  },
  event: () =>
    `${filled(EVENT_BYTES, filler => ({
      type: 'MODIFIED',
      object: pod(filler),
    }))}\n`,
};

/** What a create sends. */
const CREATED = JSON.stringify({
  kind: 'ConfigMap',
  apiVersion: 'v1',
  metadata: { name: 'settings', namespace: 'team-15-web' },
  data: {
    'log.level': 'info',
    endpoint: 'https://payments.example.com/v2',
    'retry.limit': '5',
    'feature.flags': 'checkout,search,recommendations',
  },
});

/** A request's head as kubectl sends it. */
export function requestHead(
  contender: RunningContender,
  method: string,
  path: string,
  headers: string[] = [],
): Buffer {
  return Buffer.from(
    [
      `${method} ${contender.pathPrefix}${path} HTTP/1.1`,
      `Host: 127.0.0.1:${contender.address.port}`,
      'User-Agent: kubectl/v1.32.3 (linux/amd64) kubernetes/32cc146',
      'Accept: application/json',
      'Accept-Encoding: gzip',
      `Authorization: Bearer ${contender.credential}`,
      ...headers,
      '\r\n',
    ].join('\r\n'),
  );
}

/** One kind of call whose cost is measured. */
export type Scenario = {
  name: 'get' | 'list' | 'watch' | 'create';
  title: string;
  request: (contender: RunningContender) => Buffer;
  status: number;
  /** Records that one call leaves in the audit. */
  records: number;
  /** Calls after which the compilers of all contenders have done their work. */
  warmUpRequests: number;
};

export const SCENARIOS: Scenario[] = [
  {
    name: 'get',
    title: 'small GET (5 KB of JSON)',
    request: contender => requestHead(contender, 'GET', PATHS.pod),
    status: 200,
    records: 1,
    warmUpRequests: 40_000,
  },
  {
    name: 'create',
    title: 'create (small JSON POST)',
    request: contender =>
      Buffer.concat([
        requestHead(contender, 'POST', PATHS.create, [
          'Content-Type: application/json',
          `Content-Length: ${CREATED.length}`,
        ]),
        Buffer.from(CREATED),
      ]),
    status: 201,
    records: 2,
    warmUpRequests: 20_000,
  },
  {
    name: 'list',
    title: 'list (1 MB)',
    request: contender => requestHead(contender, 'GET', PATHS.list),
    status: 200,
    records: 1,
    warmUpRequests: 200,
  },
  {
    name: 'watch',
    title: 'watch (10,000 events)',
    request: contender => requestHead(contender, 'GET', PATHS.watch),
    status: 200,
    records: 1,
    warmUpRequests: 5,
  },
];
