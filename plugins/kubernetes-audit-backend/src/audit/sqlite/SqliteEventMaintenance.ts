import type { Knex } from 'knex';
import { setImmediate as turn } from 'node:timers/promises';
import { DAY_MS, EventMaintenance } from '../EventMaintenance';
import { EVENTS_TABLE } from '../EventTables';

/** How long the event loop may stand still for a batch, in milliseconds. */
const BATCH_MS = 30;
const MIN_ROWS = 20;
const MAX_ROWS = 2000;
/** Of each index, rows that ANALYZE looks at: it runs on the event loop, too. */
const ANALYSIS_LIMIT = 400;

/** Keeps SQLite's statistics, and deletes in parts that nobody waits for. */
export class SqliteEventMaintenance implements EventMaintenance {
  static create(options: {
    knex: Knex;
    /** Milliseconds of a clock that only goes forward. */
    elapsed?: () => number;
  }): SqliteEventMaintenance {
    return new SqliteEventMaintenance(
      options.knex,
      options.elapsed ?? (() => performance.now()),
    );
  }

  private constructor(
    private readonly knex: Knex,
    private readonly elapsed: () => number,
  ) {}

  /** Without statistics SQLite takes the first index that fits for the best one. */
  async prepare(): Promise<void> {
    await this.knex.raw(`PRAGMA analysis_limit = ${ANALYSIS_LIMIT}`);
    await this.knex.raw(`ANALYZE ${EVENTS_TABLE}`);
  }

  async removeBefore(firstDay: number, signal?: AbortSignal): Promise<void> {
    let limit = MIN_ROWS;
    while (!signal?.aborted) {
      const startedAt = this.elapsed();
      const removed = await this.#removeSome(firstDay * DAY_MS, limit);
      if (removed === 0) {
        return;
      }
      const took = this.elapsed() - startedAt;
      limit = Math.round(
        Math.min(MAX_ROWS, Math.max(MIN_ROWS, (limit * BATCH_MS) / took)),
      );
      // Others have their turn.
      await turn();
    }
  }

  async #removeSome(before: number, limit: number): Promise<number> {
    const rows: { id: string; executed_at: number }[] = await this.knex(
      'event_ids',
    )
      .where('executed_at', '<', before)
      .orderBy('executed_at')
      .limit(limit)
      .select('id', 'executed_at');
    const last = rows.at(-1);
    if (!last) {
      return 0;
    }
    const ids = rows.map(({ id }) => id);
    await this.knex.transaction(async transaction => {
      for (const table of [EVENTS_TABLE, 'event_documents', 'event_ids']) {
        await transaction(table)
          .where('executed_at', '<=', last.executed_at)
          .whereIn('id', ids)
          .delete();
      }
    });
    return rows.length;
  }
}
