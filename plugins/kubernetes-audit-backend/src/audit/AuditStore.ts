import type { FilterPredicate } from '@backstage/filter-predicates';
import type { Knex } from 'knex';
import type {
  RequestAuditHistogram,
  RequestAuditPage,
  SpoolRecord,
  StoredRequestAuditEvent,
} from 'backstage-plugin-kubernetes-audit-common';
import type { PageRequest } from '../database';

/** Which events are meant; the parts are joined by AND. */
export type EventSelection = {
  /** A filter predicate over the event's fields, as parsed JSON. */
  filter?: unknown;
  /** Milliseconds since 1970, included. */
  from?: number;
  /** Milliseconds since 1970, not included. */
  to?: number;
  /** A part of the user's or the cluster's name, in any case. */
  search?: string;
  /** Of the events that do not match this filter, none is there for whoever asks. */
  visible?: FilterPredicate;
};

/** Which page of which events is asked for. */
export type EventQuery = PageRequest & EventSelection;

/** Reads the audit events. */
export interface AuditStore {
  /**
   * @throws InputError when the filter or the cursor is malformed
   */
  list(query: EventQuery): Promise<RequestAuditPage>;

  /** One event with its request body. */
  get(
    id: string,
    visible?: FilterPredicate,
  ): Promise<StoredRequestAuditEvent | undefined>;

  /**
   * The events counted by time and result. Bars without events are left out.
   *
   * @throws InputError when the filter is malformed
   */
  histogram(selection: EventSelection): Promise<RequestAuditHistogram>;

  /** Whether there still is an event of the session. */
  hasSession(sessionId: string): Promise<boolean>;

  /**
   * All of the events with their bodies, batch by batch: none is held longer
   * than it takes to pass it on.
   *
   * @throws InputError when the filter is malformed
   */
  export(
    selection: EventSelection,
    options: { order: 'asc' | 'desc'; batch: number },
  ): AsyncGenerator<StoredRequestAuditEvent[]>;
}

/** A record that contradicts what is stored. */
export type RefusedRecord = { record: SpoolRecord; reason: string };

/** Writes the audit events. */
export interface AuditWriter {
  /**
   * Writes an agent's records, in the order of their sequence, inside the
   * caller's transaction. An outcome replaces its attempt and keeps its
   * number and time; an attempt never replaces an outcome. An event belongs to the
   * agent that sent it first, and an outcome is final: records that say
   * otherwise are refused, the others are written. The end of a session that is
   * said again is passed over.
   *
   * @returns the events that are new or changed, as stored
   */
  write(
    transaction: Knex.Transaction,
    agentId: string,
    records: readonly SpoolRecord[],
  ): Promise<{ stored: StoredRequestAuditEvent[]; refused: RefusedRecord[] }>;

  /** Puts events in place of those with the same ids; of one that is gone meanwhile nothing is written. Number, time and agent stay. */
  rewrite(
    transaction: Knex.Transaction,
    events: readonly StoredRequestAuditEvent[],
  ): Promise<void>;
}
