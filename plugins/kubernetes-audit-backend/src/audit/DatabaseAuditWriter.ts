import type { Knex } from 'knex';
import {
  EVENT_SCHEMA_VERSION,
  OUTCOME_UNKNOWN,
  SpoolRecord,
  StoredRequestAuditEvent,
} from 'backstage-plugin-kubernetes-audit-common';
import type { AuditWriter, RefusedRecord } from './AuditStore';
import {
  NamedTerms,
  termsOfEvent,
  toNewEvent,
  toStoredEvent,
} from './eventRow';
import type { EventState, EventTables, NewEvent } from './EventTables';
import { FacetChanges } from './rollup';
import type { TermDictionary, UserIdentities } from './terms';

/** How an event stood before a record, in the tables or earlier in the batch. */
type State = {
  agentId: string;
  executedAt: string;
  outcomeKnown: boolean;
  sessionId: string | undefined;
};

/** An event to be written. */
type Written = {
  row: Omit<NewEvent, 'number' | 'terms'>;
  names: NamedTerms;
  /** As it will be read, but for its number. */
  stored: Omit<StoredRequestAuditEvent, 'number'>;
};

/** Writes audit events, their terms and what they count for in the roll-up. */
export class DatabaseAuditWriter implements AuditWriter {
  static create(options: {
    tables: EventTables;
    terms: TermDictionary;
    users: UserIdentities;
  }): DatabaseAuditWriter {
    return new DatabaseAuditWriter(
      options.tables,
      options.terms,
      options.users,
    );
  }

  private constructor(
    private readonly tables: EventTables,
    private readonly terms: TermDictionary,
    private readonly users: UserIdentities,
  ) {}

  async write(
    transaction: Knex.Transaction,
    agentId: string,
    records: readonly SpoolRecord[],
  ): Promise<{ stored: StoredRequestAuditEvent[]; refused: RefusedRecord[] }> {
    if (records.length === 0) {
      return { stored: [], refused: [] };
    }
    const stored = await this.#readStates(transaction, records);
    const states = new Map(
      [...stored].map(([id, state]) => [id, toState(state)]),
    );
    const written = new Map<string, Written>();
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
        const event = isAttempt
          ? { ...record, result: 'failure' as const, message: OUTCOME_UNKNOWN }
          : record;
        written.set(
          id,
          toWritten(agentId, { ...event, executedAt }, !isAttempt),
        );
        states.set(id, {
          agentId,
          executedAt,
          outcomeKnown: !isAttempt,
          sessionId: record.sessionId,
        });
      }
    }

    const events = await this.#store(
      transaction,
      [...written.values()],
      stored,
    );
    return {
      stored: events.map(({ id, number }) => ({
        ...(written.get(id) as Written).stored,
        number,
      })),
      refused,
    };
  }

  async rewrite(
    transaction: Knex.Transaction,
    events: readonly StoredRequestAuditEvent[],
  ): Promise<void> {
    const states = await this.#readStates(transaction, events);
    const written = events.flatMap(({ number, agentId, ...event }) => {
      const state = states.get(event.id.toLowerCase());
      const record = { ...event, schemaVersion: EVENT_SCHEMA_VERSION };
      return state ? toWritten(agentId, record, state.outcomeKnown) : [];
    });
    await this.#store(transaction, written, states);
  }

  async #readStates(
    transaction: Knex.Transaction,
    records: readonly { id: string }[],
  ): Promise<Map<string, EventState>> {
    const ids = new Set(records.map(({ id }) => id.toLowerCase()));
    const keys = await this.tables.find(transaction, [...ids]);
    const states =
      keys.length > 0 ? await this.tables.readStates(transaction, keys) : [];
    return new Map(states.map(state => [state.id, state]));
  }

  /** Writes the rows; one that is there already is written anew under its number. */
  async #store(
    transaction: Knex.Transaction,
    written: Written[],
    stored: Map<string, EventState>,
  ): Promise<NewEvent[]> {
    if (written.length === 0) {
      return [];
    }
    const ids = await this.terms.ensure(
      transaction,
      written.flatMap(({ names }) => [...names.single, ...names.groups]),
    );
    await this.users.note(
      transaction,
      written.flatMap(({ names: { user, identities } }) =>
        identities.map(identity => ({ ...identity, userId: ids.get(user) })),
      ),
    );
    const added = written
      .map(({ row }) => row)
      .filter(({ id }) => !stored.has(id))
      .sort((a, b) => (a.id < b.id ? -1 : 1));
    const replaced = written.flatMap(({ row }) => stored.get(row.id) ?? []);
    const numbers =
      added.length > 0
        ? await this.tables.reserve(transaction, added)
        : new Map<string, number>();
    if (replaced.length > 0) {
      await this.tables.remove(transaction, replaced);
    }
    const events = written.map(({ row, names }) => ({
      ...row,
      number: stored.get(row.id)?.number ?? numbers.get(row.id) ?? 0,
      terms: {
        single: names.single.map(term => ids.get(term)),
        groups: names.groups.map(term => ids.get(term)),
      },
    }));
    await this.tables.insert(transaction, events);

    const facets = FacetChanges.create();
    replaced.forEach(state => facets.remove(state));
    events.forEach(event => facets.add(event));
    const changes = facets.rows();
    if (changes.length > 0) {
      await this.tables.count(transaction, changes);
    }
    return events;
  }
}

/** An end has no attempt, so unlike all else of a session its record has no phase. */
function isSessionEnd(record: SpoolRecord, state: State): boolean {
  return (
    record.phase === undefined &&
    record.sessionId !== undefined &&
    record.sessionId === state.sessionId
  );
}

function toState(stored: EventState): State {
  const { agentId, executedAt, sessionId } = toStoredEvent(
    { ...stored, sequence: 0 },
    undefined,
  );
  const { outcomeKnown } = stored;
  return { agentId, executedAt, sessionId, outcomeKnown };
}

function toWritten(
  agentId: string,
  record: SpoolRecord,
  outcomeKnown: boolean,
): Written {
  const { schemaVersion, phase, ...event } = record;
  return {
    row: toNewEvent(agentId, record, outcomeKnown),
    names: termsOfEvent(event),
    stored: { ...event, agentId },
  };
}
