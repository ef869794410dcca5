/** Terms that each event has one of, in the order in which an event holds them. */
export const SINGLE_TERM_KINDS = [
  'user',
  'cluster',
  'verb',
  'resource',
  'namespace',
  'role',
  'clientIp',
] as const;

export type SingleTermKind = (typeof SINGLE_TERM_KINDS)[number];

/** What the dictionary holds: an event has one term of each kind, and any number of groups. */
export type TermKind = SingleTermKind | 'group';

export const HOURS_PER_DAY = 24;

/**
 * How many hours one count of the roll-up is of. Of kinds with many values it
 * is a day: an hour would have nearly as many counts as events. Addresses of
 * clients are not counted: even a day would.
 */
const COUNTED_HOURS: Record<TermKind, number | undefined> = {
  user: HOURS_PER_DAY,
  cluster: 1,
  verb: 1,
  resource: 1,
  namespace: HOURS_PER_DAY,
  role: 1,
  clientIp: undefined,
  group: HOURS_PER_DAY,
};

/** How many hours one count of a kind is of; undefined when it is not counted. */
export function countedHoursOf(kind: TermKind): number | undefined {
  return COUNTED_HOURS[kind];
}

/** Whether the roll-up knows a kind by buckets of so many hours. */
export function isCountedBy(kind: TermKind, hours: number): boolean {
  const counted = COUNTED_HOURS[kind];
  return counted !== undefined && counted <= hours;
}

/** A value of a kind, folded; undefined stands for events that have none. */
export type Term = { kind: TermKind; value: string | undefined };

/** The ids of an event's terms. */
export type EventTerms = {
  /** In the order of {@link SINGLE_TERM_KINDS}. */
  single: number[];
  groups: number[];
};
