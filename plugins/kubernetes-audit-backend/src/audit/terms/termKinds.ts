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

/**
 * Those that the roll-up counts. Addresses of clients are too many: each batch
 * would change as many counts as it has events.
 */
export const COUNTED_TERM_KINDS: ReadonlySet<TermKind> = new Set<TermKind>([
  'user',
  'cluster',
  'verb',
  'resource',
  'namespace',
  'role',
  'group',
]);

/** A value of a kind, folded; undefined stands for events that have none. */
export type Term = { kind: TermKind; value: string | undefined };

/** The ids of an event's terms. */
export type EventTerms = {
  /** In the order of {@link SINGLE_TERM_KINDS}. */
  single: number[];
  groups: number[];
};
