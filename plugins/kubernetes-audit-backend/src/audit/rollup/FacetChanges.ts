import type { Knex } from 'knex';
import type { EventTerms } from '../terms';

export const FACETS_TABLE = 'event_facets';
/** Stands for all events of a bucket. */
export const ALL_EVENTS = 0;
/** What the roll-up counts by, in milliseconds. */
export const BUCKET_MS = 3600_000;

/** Rows of one statement. */
const ROWS_PER_QUERY = 500;

/** What the roll-up counts of an event. */
export type CountedEvent = {
  /** Milliseconds since 1970. */
  executedAt: number;
  terms: EventTerms;
  failed: boolean;
};

type FacetRow = { term_id: number; bucket: number; n: number; failed: number };

/**
 * What a batch changes in the roll-up. It is written as the last thing of the
 * transaction, since others wait for its rows, and sorted: of two replicas that
 * change the same rows one waits, and never each for the other.
 */
export class FacetChanges {
  static create(): FacetChanges {
    return new FacetChanges();
  }

  private constructor() {}

  readonly #changes = new Map<number, Map<number, FacetRow>>();

  add(event: CountedEvent): void {
    this.#count(event, 1);
  }

  remove(event: CountedEvent): void {
    this.#count(event, -1);
  }

  async apply(transaction: Knex.Transaction): Promise<void> {
    const rows = [...this.#changes.values()]
      .flatMap(terms => [...terms.values()])
      .filter(({ n, failed }) => n !== 0 || failed !== 0)
      .sort((a, b) => a.term_id - b.term_id || a.bucket - b.bucket);
    for (let i = 0; i < rows.length; i += ROWS_PER_QUERY) {
      await transaction(FACETS_TABLE)
        .insert(rows.slice(i, i + ROWS_PER_QUERY))
        .onConflict(['term_id', 'bucket'])
        .merge({
          n: transaction.raw('??.n + excluded.n', [FACETS_TABLE]),
          failed: transaction.raw('??.failed + excluded.failed', [
            FACETS_TABLE,
          ]),
        });
    }
  }

  #count({ executedAt, terms, failed }: CountedEvent, sign: 1 | -1): void {
    const bucket = Math.floor(executedAt / BUCKET_MS);
    let changes = this.#changes.get(bucket);
    if (!changes) {
      changes = new Map();
      this.#changes.set(bucket, changes);
    }
    for (const term of [ALL_EVENTS, ...terms.single, ...terms.groups]) {
      let row = changes.get(term);
      if (!row) {
        row = { term_id: term, bucket, n: 0, failed: 0 };
        changes.set(term, row);
      }
      row.n += sign;
      row.failed += failed ? sign : 0;
    }
  }
}
