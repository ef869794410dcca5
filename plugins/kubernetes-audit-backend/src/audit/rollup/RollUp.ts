import type { Knex } from 'knex';
import { ALL_EVENTS, BUCKET_MS, COUNTS_VIEW } from './FacetChanges';

/** How many events there are, and how many of them failed. */
export type Count = { n: number; failed: number };

/** Terms whose counts are wanted: each for itself, or only all together when they are many. */
export type TermSet = { ids: readonly number[]; isLarge: boolean };

/** More terms than so many are counted together: their single counts would be too much to send. */
export const LARGE_TERM_SET = 20;

/** A span of time and what the roll-up knows of it. */
export type Bucket = {
  /** How many hours it is of: what is counted by days is not known of an hour. */
  hours: number;
  /** Milliseconds since 1970, included. */
  from: number;
  /** Not included. */
  to: number;
  all: Count;
  /** By the ids of terms; one that is missing has no events here. */
  terms: Map<number, Count>;
  /** Of large sets of terms, by their ids: the same array that was asked with. */
  sets: Map<readonly number[], Count>;
};

/** What a search wants to know of the roll-up. */
export interface BucketReader {
  /** The span that has events, in milliseconds since 1970; undefined when there are none. */
  extent(): Promise<{ from: number; to: number } | undefined>;

  /**
   * The buckets with events that a span touches, oldest first.
   *
   * @param hours - of one bucket
   * @param terms - such as are counted by so many hours
   */
  read(
    span: { from: number; to: number },
    hours: number,
    terms: readonly TermSet[],
  ): Promise<Bucket[]>;
}

type Row = {
  term_id: number;
  slot: number | string;
  n: number | string;
  failed: number | string;
};

/** Where the counts are. */
type CountTables = {
  forgetCounts(knex: Knex, before: number): Promise<void>;
};

/** Reads the counts of events by hour and term. */
export class RollUp implements BucketReader {
  static create(options: { knex: Knex; tables: CountTables }): RollUp {
    return new RollUp(options.knex, options.tables);
  }

  private constructor(
    private readonly knex: Knex,
    private readonly tables: CountTables,
  ) {}

  async extent(): Promise<{ from: number; to: number } | undefined> {
    const [row] = await this.knex(COUNTS_VIEW)
      .where('term_id', ALL_EVENTS)
      .select(this.knex.raw('min(bucket) as first, max(bucket) as last'));
    return row.first === null
      ? undefined
      : { from: row.first * BUCKET_MS, to: (row.last + 1) * BUCKET_MS };
  }

  async read(
    span: { from: number; to: number },
    hours: number,
    terms: readonly TermSet[],
  ): Promise<Bucket[]> {
    const widthMs = hours * BUCKET_MS;
    // In JavaScript, because integer division rounds towards zero in databases.
    const firstSlot = Math.floor(span.from / widthMs);
    const slots = {
      hours,
      first: firstSlot * hours,
      end: Math.ceil(span.to / widthMs) * hours,
    };
    const buckets = new Map<number, Bucket>();
    const bucketOf = (slot: number): Bucket => {
      const from = (firstSlot + slot) * widthMs;
      const bucket = buckets.get(slot) ?? {
        hours,
        from,
        to: from + widthMs,
        all: { n: 0, failed: 0 },
        terms: new Map(),
        sets: new Map(),
      };
      buckets.set(slot, bucket);
      return bucket;
    };
    const few = terms.flatMap(({ ids, isLarge }) => (isLarge ? [] : ids));
    for (const row of await this.#select([ALL_EVENTS, ...few], slots, true)) {
      const bucket = bucketOf(Number(row.slot));
      if (row.term_id === ALL_EVENTS) {
        bucket.all = countOf(row);
      } else {
        bucket.terms.set(row.term_id, countOf(row));
      }
    }
    for (const { ids } of terms.filter(({ isLarge }) => isLarge)) {
      for (const row of await this.#select(ids, slots, false)) {
        bucketOf(Number(row.slot)).sets.set(ids, countOf(row));
      }
    }
    return [...buckets.values()]
      .filter(({ all }) => all.n > 0)
      .sort((a, b) => a.from - b.from);
  }

  /** How many events there are before a time, which is the start of an hour. */
  async countBefore(time: number): Promise<number> {
    const [{ n }] = await this.knex(COUNTS_VIEW)
      .where('term_id', ALL_EVENTS)
      .where('bucket', '<', time / BUCKET_MS)
      .sum<{ n: number | string | null }[]>({ n: 'n' });
    return Number(n);
  }

  /** Takes the counts of all before a time away, which is the start of an hour. */
  async forgetBefore(time: number): Promise<void> {
    await this.tables.forgetCounts(this.knex, time / BUCKET_MS);
  }

  async #select(
    terms: readonly number[],
    { hours, first, end }: { hours: number; first: number; end: number },
    byTerm: boolean,
  ): Promise<Row[]> {
    // Not as values: SQLite takes those for fractions, and of many terms there are many.
    const slot = this.knex.raw(
      `(bucket - (${first})) / ${Number(hours)} as slot`,
    );
    const rows: Knex.QueryBuilder = this.knex(COUNTS_VIEW)
      .whereRaw(`term_id in (${terms.map(Number).join(',')})`)
      .where('bucket', '>=', first)
      .where('bucket', '<', end)
      .select(slot)
      .sum({ n: 'n', failed: 'failed' })
      .groupBy('slot');
    if (byTerm) {
      rows.select('term_id').groupBy('term_id');
    }
    const found: Row[] = await rows;
    return found;
  }
}

function countOf({ n, failed }: Row): Count {
  return { n: Number(n), failed: Number(failed) };
}
