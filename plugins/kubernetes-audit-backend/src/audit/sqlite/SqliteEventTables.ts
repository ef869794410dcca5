import type { Knex } from 'knex';
import type { ColumnValue } from '../../database';
import { bodyOf, documentOf, ROW_COLUMNS } from '../eventRow';
import {
  EventItem,
  EventKey,
  EVENTS_TABLE,
  EventScan,
  EventState,
  EventTables,
  NewEvent,
} from '../EventTables';
import { applyCondition } from '../query/applyCondition';
import { countBySlot } from '../query/countBySlot';
import { FacetChange, FACETS_TABLE, recountStatement } from '../rollup';
import { SINGLE_TERM_KINDS } from '../terms';
import { TERM_COLUMNS, whereIndexed, whereJudged } from './whereTerms';

const DOCUMENTS_TABLE = 'event_documents';
/** Rows of one statement, which takes 32,766 values. */
const ROWS_PER_INSERT = 200;
const KEYS_PER_QUERY = 500;

const COLUMNS = [
  'number',
  'id',
  'executed_at',
  'sequence',
  'outcome_known',
  'failed',
  ...SINGLE_TERM_KINDS.map(kind => TERM_COLUMNS[kind]),
  'group_terms',
  ...ROW_COLUMNS.map(({ name }) => name),
];

const RECOUNT = recountStatement({
  from: kind =>
    kind === 'group'
      ? `${EVENTS_TABLE}, json_each('[' || trim(group_terms, ',') || ']') AS item`
      : EVENTS_TABLE,
  termOf: kind => (kind === 'group' ? 'item.value' : TERM_COLUMNS[kind]),
  failed: 'sum(failed)',
});

type Row = Record<string, number> & {
  id: string;
  group_terms: string;
  event: string;
};

/** Events clustered by time, see the migration of the event store. */
export class SqliteEventTables implements EventTables {
  static create(): SqliteEventTables {
    return new SqliteEventTables();
  }

  private constructor() {}

  /** It has one connection, in this process. */
  readonly servesTwoAtOnce = false;

  scan(knex: Knex, scan: EventScan): Knex.QueryBuilder {
    const { condition, access, ascending, after, limit } = scan;
    const direction = ascending ? 'asc' : 'desc';
    const rows = knex(EVENTS_TABLE)
      .where('executed_at', '>=', scan.from)
      .where('executed_at', '<', scan.to)
      .andWhere(group =>
        applyCondition(
          group,
          condition,
          access === 'indexed' ? whereIndexed : whereJudged,
        ),
      )
      .orderBy([
        { column: 'executed_at', order: direction },
        { column: 'id', order: direction },
      ])
      .limit(limit)
      .select('executed_at', 'id');
    if (after) {
      rows.whereRaw(`(executed_at, id) ${ascending ? '>' : '<'} (?, ?)`, [
        after.time,
        after.id,
      ]);
    }
    return rows;
  }

  async histogram(
    knex: Knex,
    scan: Omit<EventScan, 'ascending' | 'limit' | 'after'>,
    slots: { first: number; widthMs: number },
  ): Promise<{ slot: number; failed: boolean; n: number }[]> {
    return await countBySlot(knex, scan, {
      where: scan.access === 'indexed' ? whereIndexed : whereJudged,
      slot: knex.raw(
        'cast((executed_at - cast(? as integer)) / cast(? as integer) as integer)',
        [slots.first, slots.widthMs],
      ),
    });
  }

  async readItems(knex: Knex, keys: readonly EventKey[]): Promise<EventItem[]> {
    const items = new Map<string, EventItem>();
    for (const batch of batchesOf(keys, KEYS_PER_QUERY)) {
      const rows: (EventItem & { id: string })[] = await whereKeys(
        knex({ e: EVENTS_TABLE }).joinRaw(
          `join ${DOCUMENTS_TABLE} d using (executed_at, id)`,
        ),
        batch,
      ).select('id', 'number', 'sequence', 'event');
      rows.forEach(({ id, ...item }) => items.set(id, item));
    }
    return keys.flatMap(({ id }) => items.get(id) ?? []);
  }

  async readBodies(
    knex: Knex,
    keys: readonly EventKey[],
  ): Promise<Map<string, string>> {
    const bodies = new Map<string, string>();
    for (const batch of batchesOf(keys, KEYS_PER_QUERY)) {
      const rows: { id: string; request_body: string }[] = await whereKeys(
        knex(DOCUMENTS_TABLE).whereNotNull('request_body'),
        batch,
      ).select('id', 'request_body');
      rows.forEach(row => bodies.set(row.id, row.request_body));
    }
    return bodies;
  }

  async find(knex: Knex, ids: readonly string[]): Promise<EventKey[]> {
    const found: EventKey[] = [];
    for (const batch of batchesOf(ids, KEYS_PER_QUERY)) {
      const rows = await knex('event_ids')
        .whereIn('id', batch)
        .select('id', 'executed_at');
      found.push(
        ...rows.map(({ id, executed_at }) => ({ id, executedAt: executed_at })),
      );
    }
    return found;
  }

  async readStates(
    transaction: Knex.Transaction,
    keys: readonly EventKey[],
  ): Promise<EventState[]> {
    const states: EventState[] = [];
    for (const batch of batchesOf(keys, KEYS_PER_QUERY)) {
      const rows: Row[] = await whereKeys(
        transaction({ e: EVENTS_TABLE }).joinRaw(
          `join ${DOCUMENTS_TABLE} d using (executed_at, id)`,
        ),
        batch,
      ).select([...COLUMNS, 'event']);
      states.push(...rows.map(toState));
    }
    return states;
  }

  async reserve(
    transaction: Knex.Transaction,
    keys: readonly EventKey[],
  ): Promise<Map<string, number>> {
    const numbers = new Map<string, number>();
    for (const batch of batchesOf(keys, KEYS_PER_QUERY)) {
      const rows = await transaction.raw<{ id: string; number: number }[]>(
        `INSERT INTO event_ids (id, executed_at)
         VALUES ${batch.map(() => '(?, ?)').join(', ')}
         ON CONFLICT (id) DO NOTHING RETURNING id, number`,
        batch.flatMap(({ id, executedAt }) => [id, executedAt]),
      );
      rows.forEach(({ id, number }) => numbers.set(id, number));
    }
    return numbers;
  }

  async insert(
    transaction: Knex.Transaction,
    events: readonly NewEvent[],
  ): Promise<void> {
    for (const batch of batchesOf(events, ROWS_PER_INSERT)) {
      await insertRows(transaction, EVENTS_TABLE, COLUMNS, batch.map(valuesOf));
      await insertRows(
        transaction,
        DOCUMENTS_TABLE,
        ['executed_at', 'id', 'event', 'request_body'],
        batch.map(({ executedAt, id, event }) => [
          executedAt,
          id,
          documentOf(event),
          bodyOf(event),
        ]),
      );
    }
  }

  async count(
    transaction: Knex.Transaction,
    changes: readonly FacetChange[],
  ): Promise<void> {
    for (const batch of batchesOf(changes, KEYS_PER_QUERY)) {
      await insertRows(
        transaction,
        'event_facets',
        ['term_id', 'bucket', 'n', 'failed'],
        batch.map(({ term, bucket, n, failed }) => [term, bucket, n, failed]),
        `ON CONFLICT (term_id, bucket) DO UPDATE
         SET n = n + excluded.n, failed = failed + excluded.failed`,
      );
    }
  }

  async recount(
    knex: Knex,
    span: { from: number; to: number },
  ): Promise<FacetChange[]> {
    return await knex.raw<FacetChange[]>(RECOUNT, span);
  }

  /** Bucket by bucket: that is a few hundred rows each. */
  async forgetCounts(knex: Knex, before: number): Promise<void> {
    for (;;) {
      const [row] = await knex(FACETS_TABLE)
        .where('bucket', '<', before)
        .orderBy('bucket')
        .limit(1)
        .select('bucket');
      if (!row) {
        return;
      }
      await knex(FACETS_TABLE).where('bucket', row.bucket).delete();
    }
  }

  async remove(
    transaction: Knex.Transaction,
    keys: readonly EventKey[],
  ): Promise<void> {
    for (const batch of batchesOf(keys, KEYS_PER_QUERY)) {
      await whereKeys(transaction(EVENTS_TABLE), batch).delete();
      await whereKeys(transaction(DOCUMENTS_TABLE), batch).delete();
    }
  }
}

/** Plain SQL: the query builder would take longer than the database. */
async function insertRows(
  transaction: Knex.Transaction,
  table: string,
  columns: readonly string[],
  rows: readonly ColumnValue[][],
  onConflict: string = '',
): Promise<void> {
  const row = `(${columns.map(() => '?').join(', ')})`;
  await transaction.raw(
    `INSERT INTO ${table} (${columns.join(', ')})
     VALUES ${rows.map(() => row).join(', ')} ${onConflict}`,
    rows
      .flat()
      .map(value => (typeof value === 'boolean' ? Number(value) : value)),
  );
}

function valuesOf(row: NewEvent): ColumnValue[] {
  const { event, terms } = row;
  return [
    row.number,
    row.id,
    row.executedAt,
    event.sequence,
    row.outcomeKnown,
    row.failed,
    ...terms.single,
    // Between commas, so that one is found as text.
    `,${terms.groups.map(id => `${id},`).join('')}`,
    ...ROW_COLUMNS.map(column => column.of(event)),
  ];
}

function toState(row: Row): EventState {
  return {
    id: row.id,
    executedAt: row.executed_at,
    number: row.number,
    outcomeKnown: Boolean(row.outcome_known),
    failed: Boolean(row.failed),
    terms: {
      single: SINGLE_TERM_KINDS.map(kind => row[TERM_COLUMNS[kind]]),
      groups: row.group_terms.split(',').filter(Boolean).map(Number),
    },
    event: row.event,
  };
}

/** Rows by key. The id is no condition of the index, which would be asked for every pair of time and id. */
function whereKeys(
  query: Knex.QueryBuilder,
  keys: readonly EventKey[],
): Knex.QueryBuilder {
  return query
    .whereIn('executed_at', [
      ...new Set(keys.map(({ executedAt }) => executedAt)),
    ])
    .whereRaw(`+id in (${keys.map(() => '?').join(', ')})`, [
      ...keys.map(({ id }) => id),
    ]);
}

function* batchesOf<T>(items: readonly T[], size: number): Generator<T[]> {
  for (let i = 0; i < items.length; i += size) {
    yield items.slice(i, i + size);
  }
}
