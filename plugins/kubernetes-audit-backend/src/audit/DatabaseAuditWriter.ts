import type { Knex } from 'knex';
import {
  OUTCOME_UNKNOWN,
  SpoolRecord,
  StoredRequestAuditEvent,
} from 'backstage-plugin-kubernetes-audit-common';
import type { AuditWriter, RefusedRecord } from './AuditStore';
import {
  EVENT_COLUMNS,
  EventRow,
  EVENTS_TABLE,
  NewEventRow,
  toEventRow,
  toStoredEvent,
} from './eventRow';

/** Ids of one query. */
const IDS_PER_QUERY = 500;
/** Rows of one insert: SQLite takes 32,766 values, a row has about 40. */
const ROWS_PER_INSERT = 200;

/** How an event stood before a record, in the table or earlier in the batch. */
type EventState = {
  agentId: string;
  executedAt: string;
  outcomeKnown: boolean;
  sessionId: string | undefined;
  /** There is a row in the table. */
  exists: boolean;
};

/** Writes audit events to one table. */
export class DatabaseAuditWriter implements AuditWriter {
  static create(): DatabaseAuditWriter {
    return new DatabaseAuditWriter();
  }

  private constructor() {}

  async write(
    transaction: Knex.Transaction,
    agentId: string,
    records: readonly SpoolRecord[],
  ): Promise<{ stored: StoredRequestAuditEvent[]; refused: RefusedRecord[] }> {
    const ids = [...new Set(records.map(({ id }) => id.toLowerCase()))];
    const states = await this.#readStates(transaction, ids);
    const rows = new Map<string, NewEventRow>();
    const refused: RefusedRecord[] = [];

    for (const record of records) {
      const id = record.id.toLowerCase();
      const state = states.get(id);
      const isAttempt = record.phase === 'attempt';
      if (state && state.agentId !== agentId) {
        refused.push({ record, reason: 'the event is of another agent' });
      } else if (state && isAttempt) {
        // The attempt of an outcome that is known: it says nothing new.
      } else if (state?.outcomeKnown && isSessionEnd(record, state)) {
        // A proxy that is killed between the writing of an end and the
        // forgetting of its session says the end again when it comes back, of
        // which it knows less by then: the first one stays.
      } else if (state?.outcomeKnown) {
        refused.push({ record, reason: 'the event has its outcome already' });
      } else {
        // An event keeps the time of its attempt, and so its place in the list.
        const executedAt = state?.executedAt ?? record.executedAt;
        rows.set(id, toRow(agentId, { ...record, executedAt }));
        states.set(id, {
          agentId,
          executedAt,
          outcomeKnown: !isAttempt,
          sessionId: record.sessionId,
          exists: state?.exists ?? false,
        });
      }
    }

    const added = [...rows].filter(([id]) => !states.get(id)?.exists);
    for (const batch of batches(added, ROWS_PER_INSERT)) {
      await transaction(EVENTS_TABLE).insert(batch.map(([, row]) => row));
    }
    for (const [id, row] of rows) {
      if (states.get(id)?.exists) {
        await transaction(EVENTS_TABLE).where({ id }).update(row);
      }
    }
    return { stored: await this.#readStored(transaction, [...rows]), refused };
  }

  async #readStates(
    transaction: Knex.Transaction,
    ids: string[],
  ): Promise<Map<string, EventState>> {
    const states = new Map<string, EventState>();
    for (const batch of batches(ids, IDS_PER_QUERY)) {
      const found = await transaction<EventRow>(EVENTS_TABLE)
        .whereIn('id', batch)
        .select(EVENT_COLUMNS);
      for (const row of found) {
        const { agentId, executedAt, sessionId } = toStoredEvent(row);
        states.set(row.id, {
          agentId,
          executedAt,
          sessionId,
          outcomeKnown: Boolean(row.outcome_known),
          exists: true,
        });
      }
    }
    return states;
  }

  async #readStored(
    transaction: Knex.Transaction,
    rows: [string, NewEventRow][],
  ): Promise<StoredRequestAuditEvent[]> {
    const numbers = new Map<string, number | string>();
    for (const batch of batches(rows, IDS_PER_QUERY)) {
      const found = await transaction<EventRow>(EVENTS_TABLE)
        .whereIn(
          'id',
          batch.map(([id]) => id),
        )
        .select('id', 'number');
      found.forEach(({ id, number }) => numbers.set(id, number));
    }
    return rows.map(([id, row]) =>
      toStoredEvent({ ...row, number: numbers.get(id) ?? 0 }),
    );
  }
}

/** An end has no attempt, so unlike all else of a session its record has no phase. */
function isSessionEnd(record: SpoolRecord, state: EventState): boolean {
  return (
    record.phase === undefined &&
    record.sessionId !== undefined &&
    record.sessionId === state.sessionId
  );
}

function toRow(agentId: string, record: SpoolRecord): NewEventRow {
  return record.phase === 'attempt'
    ? toEventRow(
        agentId,
        { ...record, result: 'failure', message: OUTCOME_UNKNOWN },
        false,
      )
    : toEventRow(agentId, record, true);
}

function* batches<T>(items: readonly T[], size: number): Generator<T[]> {
  for (let i = 0; i < items.length; i += size) {
    yield items.slice(i, i + size);
  }
}
