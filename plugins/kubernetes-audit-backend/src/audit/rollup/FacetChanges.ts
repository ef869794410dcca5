import { COUNTED_TERM_KINDS, EventTerms, SINGLE_TERM_KINDS } from '../terms';

export const FACETS_TABLE = 'event_facets';
/** Stands for all events of a bucket. */
export const ALL_EVENTS = 0;
/** What the roll-up counts by, in milliseconds. */
export const BUCKET_MS = 3600_000;

/** What the roll-up counts of an event. */
export type CountedEvent = {
  /** Milliseconds since 1970. */
  executedAt: number;
  terms: EventTerms;
  failed: boolean;
};

/** By how much the counts of a term in a bucket change. */
export type FacetChange = {
  term: number;
  bucket: number;
  n: number;
  failed: number;
};

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

  readonly #changes = new Map<number, Map<number, FacetChange>>();

  add(event: CountedEvent): void {
    this.#count(event, 1);
  }

  remove(event: CountedEvent): void {
    this.#count(event, -1);
  }

  /** The changes, sorted. */
  rows(): FacetChange[] {
    return [...this.#changes.values()]
      .flatMap(terms => [...terms.values()])
      .filter(({ n, failed }) => n !== 0 || failed !== 0)
      .sort((a, b) => a.term - b.term || a.bucket - b.bucket);
  }

  #count({ executedAt, terms, failed }: CountedEvent, sign: 1 | -1): void {
    const bucket = Math.floor(executedAt / BUCKET_MS);
    const changes = this.#changes.get(bucket) ?? new Map<number, FacetChange>();
    this.#changes.set(bucket, changes);
    const count = (term: number) => {
      let row = changes.get(term);
      if (!row) {
        row = { term, bucket, n: 0, failed: 0 };
        changes.set(term, row);
      }
      row.n += sign;
      row.failed += failed ? sign : 0;
    };
    count(ALL_EVENTS);
    terms.single.forEach((term, i) => {
      if (COUNTED_TERM_KINDS.has(SINGLE_TERM_KINDS[i])) {
        count(term);
      }
    });
    terms.groups.forEach(count);
  }
}
