/** What is asked of the list, as the query of `GET /v1/events`. */
export type BenchQuery = {
  name: string;
  filter?: unknown;
  search?: string;
  /** Days back from the newest event. */
  days?: number;
  /** The walk back over all that is newer is measured beside. */
  isOld?: boolean;
};

/** Common, rare, empty, combined, by substring, and what is frequent but long ago. */
export const QUERIES: readonly BenchQuery[] = [
  { name: 'no filter' },
  { name: 'today', days: 1 },
  { name: 'verb get', filter: { verb: 'get' } },
  { name: 'verb delete', filter: { verb: 'delete' } },
  { name: 'resource pods', filter: { resource: 'pods' } },
  { name: 'resource others', filter: { resource: 'others' } },
  { name: 'common user', filter: { userName: 'user-1' } },
  { name: 'middling user', filter: { userName: 'user-700' } },
  { name: 'rare user', filter: { userName: 'once-a-month' } },
  { name: 'unknown user', filter: { userName: 'nobody' } },
  { name: 'common cluster', filter: { clusterName: 'cluster-1' } },
  { name: 'rare cluster', filter: { clusterName: 'cluster-40' } },
  { name: 'namespace', filter: { namespace: 'team-150' } },
  { name: 'role', filter: { role: 'role-20' } },
  { name: 'client IP', filter: { clientIp: '10.0.9.9' } },
  { name: 'group', filter: { kubernetesGroups: { $contains: 'group-12' } } },
  { name: 'failures', filter: { result: 'failure' } },
  {
    name: 'failures of a user',
    filter: { $all: [{ result: 'failure' }, { userName: 'user-700' }] },
  },
  {
    name: 'verb AND resource',
    filter: { $all: [{ verb: 'delete' }, { resource: 'secrets' }] },
  },
  {
    name: 'verb AND rare resource',
    filter: { $all: [{ verb: 'update' }, { resource: 'clusterroles' }] },
  },
  {
    name: 'verb OR resource with others',
    filter: { $any: [{ verb: 'delete' }, { resource: 'others' }] },
  },
  {
    name: 'three by AND',
    filter: {
      $all: [
        { userName: 'user-50' },
        { verb: 'create' },
        { clusterName: 'cluster-7' },
      ],
    },
  },
  {
    name: 'AND of NOT',
    filter: { $all: [{ $not: { verb: 'get' } }, { userName: 'user-300' }] },
  },
  {
    name: 'verbs in a week',
    filter: { verb: { $in: ['delete', 'update'] } },
    days: 7,
  },
  { name: 'search, many users', search: 'user-1' },
  { name: 'search, few users', search: 'ser-199' },
  { name: 'search, a cluster', search: 'cluster-3' },
  { name: 'search, nothing', search: 'zzz' },
  {
    name: 'search AND verb',
    search: 'cluster-1',
    filter: { verb: 'delete' },
  },
  { name: 'old user', filter: { userName: 'ex-employee' }, isOld: true },
  { name: 'old cluster', filter: { clusterName: 'retired' }, isOld: true },
  { name: 'old verb', filter: { verb: 'deletecollection' }, isOld: true },
  {
    name: 'old user AND verb',
    filter: { $all: [{ userName: 'ex-employee' }, { verb: 'get' }] },
    isOld: true,
  },
  {
    name: 'old resource OR old verb',
    filter: { $any: [{ resource: 'jobs' }, { verb: 'deletecollection' }] },
    isOld: true,
  },
  { name: 'old cluster by search', search: 'retire', isOld: true },
];
