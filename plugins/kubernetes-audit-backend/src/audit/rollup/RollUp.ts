import type { Knex } from 'knex';
import { ALL_EVENTS, BUCKET_MS, FACETS_TABLE } from './FacetChanges';

/** How many events there are, and how many of them failed. */
export type Count = { n: number; failed: number };

/** A span of time and what the roll-up knows of it. */
export type Bucket = {
  /** Milliseconds since 1970, included. */
  from: number;
  /** Not included. */
  to: number;
  all: Count;
  /** By the ids of terms; one that is missing has no events here. */
  terms: Map<number, Count>;
};

/** Hours of a wider bucket. */
export const HOURS_PER_DAY = 24;

/** Terms of one query. */
const TERMS_PER_QUERY = 5000;

type Row = {
  term_id: number;
  slot: number | string;
  n: number | string;
  failed: number | string;
};

/** Reads the counts of events by hour and term. */
export class RollUp {
  static create(knex: Knex): RollUp {
    return new RollUp(knex);
  }

  private constructor(private readonly knex: Knex) {}

  /** The span that has events, in milliseconds since 1970; undefined when there are none. */
  async extent(): Promise<{ from: number; to: number } | undefined> {
    const [row] = await this.knex(FACETS_TABLE)
      .where('term_id', ALL_EVENTS)
      .select(this.knex.raw('min(bucket) as first, max(bucket) as last'));
    return row.first === null
      ? undefined
      : { from: row.first * BUCKET_MS, to: (row.last + 1) * BUCKET_MS };
  }

  /**
   * The buckets with events that a span touches, oldest first.
   *
   * @param hours - of one bucket
   */
  async read(
    span: { from: number; to: number },
    hours: number,
    terms: readonly number[],
  ): Promise<Bucket[]> {
    const widthMs = hours * BUCKET_MS;
    // In JavaScript, because integer division rounds towards zero in databases.
    const firstSlot = Math.floor(span.from / widthMs);
    const firstHour = firstSlot * hours;
    const lastHour = Math.ceil(span.to / widthMs) * hours;
    const buckets = new Map<number, Bucket>();
    for (let i = 0; i < Math.max(1, terms.length); i += TERMS_PER_QUERY) {
      const wanted = [ALL_EVENTS, ...terms.slice(i, i + TERMS_PER_QUERY)];
      for (const row of await this.#select(
        wanted,
        firstHour,
        lastHour,
        hours,
      )) {
        const count = { n: Number(row.n), failed: Number(row.failed) };
        const slot = Number(row.slot);
        const from = (firstSlot + slot) * widthMs;
        let bucket = buckets.get(slot);
        if (!bucket) {
          bucket = {
            from,
            to: from + widthMs,
            all: { n: 0, failed: 0 },
            terms: new Map(),
          };
          buckets.set(slot, bucket);
        }
        if (row.term_id === ALL_EVENTS) {
          bucket.all = count;
        } else {
          bucket.terms.set(row.term_id, count);
        }
      }
    }
    return [...buckets.values()]
      .filter(({ all }) => all.n > 0)
      .sort((a, b) => a.from - b.from);
  }

  /** How many events there are before a time, which is the start of an hour. */
  async countBefore(time: number): Promise<number> {
    const [{ n }] = await this.knex(FACETS_TABLE)
      .where('term_id', ALL_EVENTS)
      .where('bucket', '<', time / BUCKET_MS)
      .sum<{ n: number | string | null }[]>({ n: 'n' });
    return Number(n);
  }

  /** Takes the counts of all before a time away, hour by hour: that is a few hundred rows each. */
  async forgetBefore(time: number): Promise<void> {
    for (;;) {
      const [row] = await this.knex(FACETS_TABLE)
        .where('bucket', '<', time / BUCKET_MS)
        .orderBy('bucket')
        .limit(1)
        .select('bucket');
      if (!row) {
        return;
      }
      await this.knex(FACETS_TABLE).where('bucket', row.bucket).delete();
    }
  }

  async #select(
    terms: number[],
    firstHour: number,
    lastHour: number,
    hours: number,
  ): Promise<Row[]> {
    const query = this.knex(FACETS_TABLE)
      .whereIn('term_id', terms)
      .where('bucket', '>=', firstHour)
      .where('bucket', '<', lastHour);
    return hours === 1
      ? query.select('term_id', 'n', 'failed', {
          slot: this.knex.raw(`bucket - (${firstHour})`),
        })
      : query
          .select('term_id', {
            // Not as values: SQLite takes those for fractions.
            slot: this.knex.raw(`(bucket - (${firstHour})) / ${hours}`),
          })
          .sum({ n: 'n', failed: 'failed' })
          .groupBy('term_id', 'slot');
  }
}
