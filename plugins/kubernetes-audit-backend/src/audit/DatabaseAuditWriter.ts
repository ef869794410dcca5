import type { Knex } from 'knex';
import {
  EVENT_SCHEMA_VERSION,
  OUTCOME_UNKNOWN,
  SpoolRecord,
  StoredRequestAuditEvent,
} from 'backstage-plugin-kubernetes-audit-common';
import type { AuditWriter, RefusedRecord } from './AuditStore';
import { NamedTerms, termsOfEvent, toStoredEvent } from './eventRow';
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

/** An event that would be written, were it not for what else is there. */
type Draft = Omit<NewEvent, 'number' | 'terms'> & { names: NamedTerms };

/** An event to be written. */
type Written = Draft & { number: number };

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
    const reserving = this.#reserve(transaction, records);
    // Most of it is new: the database and this thread work beside each other.
    const drafts = records.map(record => toDraft(agentId, record));
    const numbers = await reserving;
    const stored = await this.#readStates(
      transaction,
      records.filter(({ id }) => !numbers.has(id.toLowerCase())),
    );
    const states = new Map(
      [...stored].map(([id, state]) => [id, toState(state)]),
    );
    const written = new Map<string, Written>();
    const refused: RefusedRecord[] = [];

    records.forEach((record, i) => {
      const id = record.id.toLowerCase();
      const state = states.get(id);
      const isAttempt = record.phase === 'attempt';
      const number = numbers.get(id) ?? stored.get(id)?.number;
      if (number === undefined) {
        refused.push({ record, reason: 'the event was removed' });
      } else if (state && state.agentId !== agentId) {
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
        const draft =
          executedAt === record.executedAt
            ? drafts[i]
            : toDraft(agentId, { ...record, executedAt });
        written.set(id, { ...draft, number });
        states.set(id, {
          agentId,
          executedAt,
          outcomeKnown: !isAttempt,
          sessionId: record.sessionId,
        });
      }
    });

    await this.#store(transaction, [...written.values()], stored);
    return {
      stored: [...written.values()].map(({ event, number }) => ({
        ...event,
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
      return state
        ? { ...toDraft(agentId, record, state.outcomeKnown), number }
        : [];
    });
    await this.#store(transaction, written, states);
  }

  /** Takes the ids that are new, at the times of their first records; the numbers by id. */
  async #reserve(
    transaction: Knex.Transaction,
    records: readonly SpoolRecord[],
  ): Promise<Map<string, number>> {
    const times = new Map<string, number>();
    const outcomes: string[] = [];
    for (const { id, executedAt, phase } of records) {
      const key = id.toLowerCase();
      if (!times.has(key)) {
        times.set(key, Date.parse(executedAt));
        if (phase === 'outcome') {
          outcomes.push(key);
        }
      }
    }
    // An id that is asked for in vain uses up a number, and readers of the list
    // would look for the event that had it.
    if (outcomes.length > 0) {
      const known = await this.tables.find(transaction, outcomes);
      known.forEach(({ id }) => times.delete(id));
    }
    // Sorted, so that of two who bring the same ids one waits for the other.
    const keys = [...times]
      .map(([id, executedAt]) => ({ id, executedAt }))
      .sort((a, b) => (a.id < b.id ? -1 : 1));
    return this.tables.reserve(transaction, keys);
  }

  async #readStates(
    transaction: Knex.Transaction,
    records: readonly { id: string }[],
  ): Promise<Map<string, EventState>> {
    if (records.length === 0) {
      return new Map();
    }
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
  ): Promise<void> {
    if (written.length === 0) {
      return;
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
    const replaced = written.flatMap(({ id }) => stored.get(id) ?? []);
    if (replaced.length > 0) {
      await this.tables.remove(transaction, replaced);
    }
    const events = written.map(draft => ({
      ...draft,
      terms: {
        single: draft.names.single.map(term => ids.get(term)),
        groups: draft.names.groups.map(term => ids.get(term)),
      },
    }));
    const inserting = this.tables.insert(transaction, events);
    const changes = facetChanges(replaced, events);
    await inserting;
    if (changes.length > 0) {
      await this.tables.count(transaction, changes);
    }
  }
}

function facetChanges(replaced: EventState[], events: NewEvent[]) {
  const facets = FacetChanges.create();
  replaced.forEach(state => facets.remove(state));
  events.forEach(event => facets.add(event));
  return facets.rows();
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

function toDraft(
  agentId: string,
  record: SpoolRecord,
  outcomeKnown = record.phase !== 'attempt',
): Draft {
  const { schemaVersion, phase, ...told } = record;
  const event = {
    ...told,
    ...(phase === 'attempt' && {
      result: 'failure' as const,
      message: OUTCOME_UNKNOWN,
    }),
    agentId,
  };
  return {
    id: event.id.toLowerCase(),
    executedAt: Date.parse(event.executedAt),
    outcomeKnown,
    failed: event.result === 'failure',
    event,
    names: termsOfEvent(event),
  };
}
