import type { Knex } from 'knex';
import { EVENTS_TABLE, EventScan } from '../EventTables';
import { applyCondition, WhereTerms } from './applyCondition';

/**
 * Counts the events of a scan by slot and result.
 *
 * @param where - how the database looks for terms
 * @param slot - its integer division of `executed_at` into slots
 */
export async function countBySlot(
  knex: Knex,
  scan: Pick<EventScan, 'condition' | 'from' | 'to'>,
  { where, slot }: { where: WhereTerms; slot: Knex.Raw },
): Promise<{ slot: number; failed: boolean; n: number }[]> {
  const rows: {
    slot: number | string;
    failed: boolean | number;
    n: number | string;
  }[] = await knex(EVENTS_TABLE)
    .where('executed_at', '>=', scan.from)
    .where('executed_at', '<', scan.to)
    .andWhere(group => applyCondition(group, scan.condition, where))
    .select('failed', { slot })
    .count({ n: '*' })
    .groupBy('slot', 'failed');
  return rows.map(row => ({
    slot: Number(row.slot),
    failed: Boolean(row.failed),
    n: Number(row.n),
  }));
}
