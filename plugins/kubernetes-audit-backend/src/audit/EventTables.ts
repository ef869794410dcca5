import type { Knex } from 'knex';
import type { StoredRequestAuditEvent } from 'backstage-plugin-kubernetes-audit-common';
import type { EventCondition } from './query/EventCondition';
import type { CountedTables, FacetChange } from './rollup';
import type { EventTerms } from './terms';

export const EVENTS_TABLE = 'request_audit_events';

/** Where an event is in the order of a list. */
export type EventKey = {
  /** Milliseconds since 1970. */
  executedAt: number;
  id: string;
};

/**
 * How rows are looked for: in the order of the list, each of them judged, or
 * by what the indexes over terms find, which is put in order then.
 */
export type EventAccess = 'ordered' | 'indexed';

/** Some rows of the events, in the order of a list. */
export type EventScan = {
  condition: EventCondition;
  access: EventAccess;
  /** Milliseconds since 1970, included. */
  from: number;
  /** Not included. */
  to: number;
  ascending: boolean;
  /** Whether rows are but counted: then their order is of no matter. */
  isCount?: boolean;
  /** Only what comes behind it. */
  after?: { time: number; id: string };
  limit: number;
};

/** An event to be written. */
export type NewEvent = EventKey & {
  number: number;
  outcomeKnown: boolean;
  failed: boolean;
  terms: EventTerms;
  /** As it will be read, with its body. */
  event: Omit<StoredRequestAuditEvent, 'number'>;
};

/** What an event says for itself, and what it counts for in the roll-up. */
export type EventState = EventKey & {
  number: number;
  outcomeKnown: boolean;
  failed: boolean;
  terms: EventTerms;
  /** JSON. */
  event: string;
};

/** An event to show. */
export type EventItem = {
  number: number;
  sequence: number;
  /** JSON. */
  event: string;
};

/** The tables of the events in one kind of database. */
export interface EventTables extends CountedTables {
  /** Whether two statements of one request take less time beside each other. */
  readonly servesTwoAtOnce: boolean;

  /** The keys of rows, in order; `executed_at` and `id`. */
  scan(knex: Knex, scan: EventScan): Knex.QueryBuilder;

  /**
   * How many of the rows there are by span and result; `slot` counts spans of
   * the width from the first one.
   */
  histogram(
    knex: Knex,
    scan: Omit<EventScan, 'ascending' | 'limit' | 'after'>,
    slots: { first: number; widthMs: number },
  ): Promise<{ slot: number; failed: boolean; n: number }[]>;

  /** What is shown of events, in the order of the keys; those that are gone meanwhile are left out. */
  readItems(knex: Knex, keys: readonly EventKey[]): Promise<EventItem[]>;

  /** Bodies, as JSON, by the id of their event. */
  readBodies(
    knex: Knex,
    keys: readonly EventKey[],
  ): Promise<Map<string, string>>;

  /** Where events are. */
  find(knex: Knex, ids: readonly string[]): Promise<EventKey[]>;

  readStates(
    transaction: Knex.Transaction,
    keys: readonly EventKey[],
  ): Promise<EventState[]>;

  /**
   * Takes those of the ids that are free for new events, once others who are
   * taking them are done.
   *
   * @param keys - each id once, sorted
   * @returns the new events' numbers, by id; without those that were taken
   */
  reserve(
    transaction: Knex.Transaction,
    keys: readonly EventKey[],
  ): Promise<Map<string, number>>;

  insert(
    transaction: Knex.Transaction,
    events: readonly NewEvent[],
  ): Promise<void>;

  /** Changes the counts of the roll-up; there are some, in the order of terms and buckets. */
  count(
    transaction: Knex.Transaction,
    changes: readonly FacetChange[],
  ): Promise<void>;

  /**
   * Takes counts of the roll-up away, those that wait elsewhere too.
   *
   * @param before - a bucket, which stays
   */
  forgetCounts(knex: Knex, before: number): Promise<void>;

  /** Takes rows away that are written anew; their ids stay taken. */
  remove(
    transaction: Knex.Transaction,
    keys: readonly EventKey[],
  ): Promise<void>;
}
