import { NAMED_RESOURCES } from 'backstage-plugin-kubernetes-audit-common';
// The store is measured from within: no package exports it.
// eslint-disable-next-line @backstage/no-relative-monorepo-imports
import type { SingleTermKind } from '../../../plugins/kubernetes-audit-backend/src/audit/terms';

const numbered = (prefix: string, count: number) =>
  Array.from({ length: count }, (_, i) => `${prefix}-${i + 1}`);

/** Days that the events are of. */
export const DAYS = 90;
/** What is of the past was frequent in so many of the first of them. */
export const PAST_DAYS = 30;

/**
 * Who calls what. The first of each list are common and the last ones rare:
 * a random number is raised to the power of the skew.
 */
export const POPULATION: Record<
  SingleTermKind,
  { names: string[]; skew: number; past?: { name: string; share: number } }
> = {
  user: {
    names: numbered('user', 2000),
    skew: 3,
    past: { name: 'ex-employee', share: 0.04 },
  },
  cluster: {
    names: numbered('cluster', 40),
    skew: 2.5,
    past: { name: 'retired', share: 0.06 },
  },
  verb: {
    names: ['get', 'list', 'watch', 'create', 'patch', 'update', 'delete'],
    skew: 3,
    past: { name: 'deletecollection', share: 0.02 },
  },
  resource: {
    names: [
      ...Object.keys(NAMED_RESOURCES).filter(name => name !== 'jobs'),
      'others',
    ],
    skew: 2.5,
    past: { name: 'jobs', share: 0.03 },
  },
  namespace: { names: numbered('team', 300), skew: 2.5 },
  role: { names: numbered('role', 20), skew: 2 },
  clientIp: {
    names: Array.from({ length: 3000 }, (_, i) => `10.0.${i >> 8}.${i & 255}`),
    skew: 2,
  },
};

export const GROUPS = numbered('group', 12);

/** Of all events. */
export const FAILED_SHARE = 0.03;
export const BODY_SHARE = 0.05;
/** Events that happen a handful of times. */
export const RARE_USER = 'once-a-month';
export const RARE_EVENTS = 3;
