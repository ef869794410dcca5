import type { Knex } from 'knex';
// eslint-disable-next-line @backstage/no-relative-monorepo-imports
import type { EventMaintenance } from '../../../plugins/kubernetes-audit-backend/src/audit';
import { time } from './measurePages';

const DAY_MS = 24 * 3600_000;
const ROUNDS = 5;
const LIMIT = 51;

/** A page far down by its place and by its key, in milliseconds. */
export async function measureOffset(
  knex: Knex,
  rows: number,
): Promise<{ place: number; offset: number; keyset: number }> {
  const place = Math.floor(rows / 2);
  const ordered = () =>
    knex('request_audit_events')
      .orderBy([
        { column: 'executed_at', order: 'desc' },
        { column: 'id', order: 'desc' },
      ])
      .limit(LIMIT)
      .select('executed_at', 'id');
  const byPlace = () => ordered().offset(place);
  const [key] = await byPlace();
  const offset = await time(ROUNDS, byPlace);
  const keyset = await time(ROUNDS, () =>
    ordered().whereRaw('(executed_at, id) < (?, ?) and executed_at > ?', [
      key.executed_at,
      key.id,
      Number(key.executed_at) - DAY_MS,
    ]),
  );
  return { place, offset: offset.p50, keyset: keyset.p50 };
}

/** What it takes to be rid of a day, in milliseconds: by deleting its rows, and as retention does it. */
export async function measureRemoval(
  knex: Knex,
  maintenance: EventMaintenance,
  oldest: number,
): Promise<{ deleted: number; dropped: number }> {
  const deleted = await time(1, async () => {
    for (const table of ['request_audit_events', 'event_bodies', 'event_ids']) {
      await knex(table)
        .where('executed_at', '>=', (oldest + 1) * DAY_MS)
        .where('executed_at', '<', (oldest + 2) * DAY_MS)
        .delete();
    }
  });
  const dropped = await time(1, () => maintenance.removeBefore(oldest + 1));
  return { deleted: deleted.p50, dropped: dropped.p50 };
}
