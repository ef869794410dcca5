import type { Knex } from 'knex';
import {
  EventItem,
  EventKey,
  EVENTS_TABLE,
  EventScan,
  EventState,
  EventTables,
  NewEvent,
} from '../EventTables';
import { applyCondition, columnsOf } from '../query/applyCondition';
import { countBySlot } from '../query/countBySlot';
import { FacetChange, FACETS_TABLE, recountStatement } from '../rollup';
import { arrayLiteral } from '../../database';
import { addFacetChanges, foldFacetChanges } from './facetChanges';
import { insertEvents } from './insertEvents';
import { termExpression, whereIndexed, whereJudged } from './whereTerms';

type KeyRow = { id: string; executed_at: string };
type StateRow = KeyRow & {
  number: string;
  outcome_known: boolean;
  failed: boolean;
  terms: number[];
  group_terms: number[];
  event: string;
};

const RECOUNT = recountStatement({
  from: kind =>
    kind === 'group'
      ? `${EVENTS_TABLE}, unnest(group_terms) AS group_term`
      : EVENTS_TABLE,
  termOf: kind => (kind === 'group' ? 'group_term' : termExpression(kind)),
  failed: 'count(*) FILTER (WHERE failed)',
});

/** Events in partitions by day, see the migration of the event store. */
export class PostgresEventTables implements EventTables {
  static create(): PostgresEventTables {
    return new PostgresEventTables();
  }

  private constructor() {}

  readonly servesTwoAtOnce = true;

  scan(knex: Knex, scan: EventScan): Knex.QueryBuilder {
    const { condition, access, ascending, after, limit } = scan;
    const direction = ascending ? 'asc' : 'desc';
    const order = [
      { column: 'executed_at', order: direction },
      { column: 'id', order: direction },
    ];
    // Times are constants of the statement: the planner leaves the other partitions alone.
    const inRange = knex(EVENTS_TABLE)
      .where('executed_at', '>=', scan.from)
      .where('executed_at', '<', scan.to);
    if (after) {
      inRange.whereRaw(`(executed_at, id) ${ascending ? '>' : '<'} (?, ?)`, [
        after.time,
        after.id,
      ]);
    }
    if (access === 'indexed') {
      inRange
        .select('executed_at', 'id')
        .andWhere(group => applyCondition(group, condition, whereIndexed));
      const found = knex
        .withMaterialized('found', inRange)
        .from('found')
        .select('executed_at', 'id')
        .limit(limit);
      return scan.isCount ? found : found.orderBy(order);
    }
    inRange.select(
      ...new Set([
        'executed_at',
        'id',
        'terms',
        'failed',
        ...columnsOf(condition),
      ]),
    );
    // OFFSET keeps the planner from another way than through the primary key.
    const rows = knex.raw('? OFFSET 0', [inRange.orderBy(order)]);
    return knex
      .from(knex.raw('(?) AS found', [rows]))
      .select('executed_at', 'id')
      .andWhere(group => applyCondition(group, condition, whereJudged))
      .limit(limit);
  }

  async histogram(
    knex: Knex,
    scan: Omit<EventScan, 'ascending' | 'limit' | 'after'>,
    slots: { first: number; widthMs: number },
  ): Promise<{ slot: number; failed: boolean; n: number }[]> {
    return await countBySlot(knex, scan, {
      where: scan.access === 'indexed' ? whereIndexed : whereJudged,
      slot: knex.raw('(executed_at - ?::bigint) / ?::bigint', [
        slots.first,
        slots.widthMs,
      ]),
    });
  }

  async readItems(knex: Knex, keys: readonly EventKey[]): Promise<EventItem[]> {
    const rows: {
      id: string;
      number: string;
      sequence: string;
      event: string;
    }[] = await whereKeys(knex(EVENTS_TABLE), keys).select(
      'id',
      'number',
      'sequence',
      'event',
    );
    const items = new Map(
      rows.map(({ id, number, sequence, event }) => [
        id,
        { number: Number(number), sequence: Number(sequence), event },
      ]),
    );
    return keys.flatMap(({ id }) => items.get(id) ?? []);
  }

  async readBodies(
    knex: Knex,
    keys: readonly EventKey[],
  ): Promise<Map<string, string>> {
    const rows: { id: string; request_body: string }[] = await whereKeys(
      knex('event_bodies'),
      keys,
    ).select('id', 'request_body');
    return new Map(rows.map(row => [row.id, row.request_body]));
  }

  async find(knex: Knex, ids: readonly string[]): Promise<EventKey[]> {
    const rows: KeyRow[] = await knex('event_ids')
      .whereRaw('id = ANY(?::uuid[])', [arrayLiteral(ids)])
      .select('id', 'executed_at');
    return rows.map(toKey);
  }

  async readStates(
    transaction: Knex.Transaction,
    keys: readonly EventKey[],
  ): Promise<EventState[]> {
    const rows: StateRow[] = await whereKeys(transaction(EVENTS_TABLE), keys);
    return rows.map(row => ({
      ...toKey(row),
      number: Number(row.number),
      outcomeKnown: row.outcome_known,
      failed: row.failed,
      terms: { single: row.terms, groups: row.group_terms },
      event: row.event,
    }));
  }

  async reserve(
    transaction: Knex.Transaction,
    keys: readonly EventKey[],
  ): Promise<Map<string, number>> {
    const { rows } = await transaction.raw<{
      rows: { id: string; number: string }[];
    }>(
      `INSERT INTO event_ids (id, executed_at)
       SELECT * FROM unnest(?::uuid[], ?::bigint[])
       ON CONFLICT (id) DO NOTHING RETURNING id, number`,
      [
        arrayLiteral(keys.map(({ id }) => id)),
        arrayLiteral(keys.map(({ executedAt }) => executedAt)),
      ],
    );
    return new Map(rows.map(({ id, number }) => [id, Number(number)]));
  }

  async insert(
    transaction: Knex.Transaction,
    events: readonly NewEvent[],
  ): Promise<void> {
    await insertEvents(transaction, events);
  }

  async count(
    transaction: Knex.Transaction,
    changes: readonly FacetChange[],
  ): Promise<void> {
    await addFacetChanges(transaction, changes);
  }

  async recount(
    knex: Knex,
    span: { from: number; to: number },
  ): Promise<FacetChange[]> {
    const { rows } = await knex.raw<{
      rows: Record<keyof FacetChange, string>[];
    }>(RECOUNT, span);
    return rows.map(row => ({
      term: Number(row.term),
      bucket: Number(row.bucket),
      n: Number(row.n),
      failed: Number(row.failed),
    }));
  }

  async forgetCounts(knex: Knex, before: number): Promise<void> {
    await foldFacetChanges(knex);
    await knex(FACETS_TABLE).where('bucket', '<', before).delete();
  }

  async remove(
    transaction: Knex.Transaction,
    keys: readonly EventKey[],
  ): Promise<void> {
    await whereKeys(transaction(EVENTS_TABLE), keys).delete();
    await whereKeys(transaction('event_bodies'), keys).delete();
  }
}

function toKey({ id, executed_at }: KeyRow): EventKey {
  return { id, executedAt: Number(executed_at) };
}

/** Rows by key. The id is no condition of the index, which would be asked for every pair of time and id. */
function whereKeys(
  query: Knex.QueryBuilder,
  keys: readonly EventKey[],
): Knex.QueryBuilder {
  return query
    .whereRaw('executed_at = ANY(?::bigint[])', [
      arrayLiteral([...new Set(keys.map(({ executedAt }) => executedAt))]),
    ])
    .whereRaw('id::text = ANY(?::text[])', [
      arrayLiteral(keys.map(({ id }) => id)),
    ]);
}
