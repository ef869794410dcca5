import type { LoggerService } from '@backstage/backend-plugin-api';
import type { Knex } from 'knex';
import { isSqlite } from '../../database';
import { HOURS_PER_DAY } from '../terms';
import { BUCKET_MS, COUNTS_VIEW, FacetChange } from './FacetChanges';
import type { RollUp } from './RollUp';

const DAY_MS = HOURS_PER_DAY * BUCKET_MS;

/** Where events are counted, and where their counts are kept. */
export type CountedTables = {
  /** What the roll-up has to say of the events of a span; days are counted as far as they are in it. */
  recount(
    knex: Knex,
    span: { from: number; to: number },
  ): Promise<FacetChange[]>;
  count(
    transaction: Knex.Transaction,
    changes: readonly FacetChange[],
  ): Promise<void>;
};

/**
 * Counts days anew and mends what the roll-up says of them. It is right as long
 * as nobody but the plugin writes into its tables; a page that is led by a wrong
 * one would not find what is there.
 */
export class RollUpCheck {
  readonly #options: Parameters<typeof RollUpCheck.create>[0];

  static create(options: {
    knex: Knex;
    tables: CountedTables;
    rollUp: RollUp;
    logger: LoggerService;
    /** Milliseconds since 1970. */
    now: () => number;
  }): RollUpCheck {
    return new RollUpCheck(options);
  }

  private constructor(options: Parameters<typeof RollUpCheck.create>[0]) {
    this.#options = options;
  }

  /** Checks yesterday, and with each hour another one of the days before. */
  async sweep(): Promise<void> {
    const { rollUp, now } = this.#options;
    const extent = await rollUp.extent();
    if (!extent) {
      return;
    }
    const yesterday = Math.floor(now() / DAY_MS) - 1;
    const first = Math.floor(extent.from / DAY_MS);
    const hour = Math.floor(now() / BUCKET_MS);
    const older = first + (hour % Math.max(1, yesterday - first));
    for (const day of new Set([older, yesterday])) {
      await this.check(day);
    }
  }

  /**
   * Counts a day anew. Events may come in meanwhile: what is added to the
   * roll-up is what it lacked at one moment.
   *
   * @param day - in days since 1970
   * @returns how many counts were wrong
   */
  async check(day: number): Promise<number> {
    const { knex, tables, logger } = this.#options;
    const changes = await knex.transaction(
      async transaction =>
        differences(
          await this.#recount(transaction, day),
          await readCounts(transaction, day),
        ),
      // SQLite knows no other.
      isSqlite(knex) ? {} : { isolationLevel: 'repeatable read' },
    );
    if (changes.length > 0) {
      await knex.transaction(transaction => tables.count(transaction, changes));
      logger.warn('The roll-up of the audit events was wrong and is mended', {
        day: new Date(day * DAY_MS).toISOString().slice(0, 10),
        counts: changes.length,
      });
    }
    return changes.length;
  }

  /** By the hour: SQLite has the event loop only for so long. */
  async #recount(
    transaction: Knex.Transaction,
    day: number,
  ): Promise<FacetChange[]> {
    const counts: FacetChange[] = [];
    for (let hour = 0; hour < HOURS_PER_DAY; hour++) {
      const from = day * DAY_MS + hour * BUCKET_MS;
      const span = { from, to: from + BUCKET_MS };
      counts.push(...(await this.#options.tables.recount(transaction, span)));
    }
    return counts;
  }
}

async function readCounts(
  transaction: Knex.Transaction,
  day: number,
): Promise<FacetChange[]> {
  const rows: Record<'term_id' | 'bucket' | 'n' | 'failed', number | string>[] =
    await transaction(COUNTS_VIEW)
      .where('bucket', '>=', day * HOURS_PER_DAY)
      .where('bucket', '<', (day + 1) * HOURS_PER_DAY)
      .select('term_id', 'bucket', 'n', 'failed');
  return rows.map(row => ({
    term: Number(row.term_id),
    bucket: Number(row.bucket),
    n: Number(row.n),
    failed: Number(row.failed),
  }));
}

/** What makes the second counts the first ones, sorted. */
function differences(
  counted: readonly FacetChange[],
  kept: readonly FacetChange[],
): FacetChange[] {
  const changes = new Map<string, FacetChange>();
  const add = (count: FacetChange, sign: 1 | -1) => {
    const { term, bucket } = count;
    const key = `${term} ${bucket}`;
    const change = changes.get(key) ?? { term, bucket, n: 0, failed: 0 };
    changes.set(key, change);
    change.n += sign * count.n;
    change.failed += sign * count.failed;
  };
  counted.forEach(count => add(count, 1));
  kept.forEach(count => add(count, -1));
  return [...changes.values()]
    .filter(({ n, failed }) => n !== 0 || failed !== 0)
    .sort((a, b) => a.term - b.term || a.bucket - b.bucket);
}
