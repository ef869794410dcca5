import { countedHoursOf, EventTerms, SINGLE_TERM_KINDS } from '../terms';

/** The counts as they are kept. */
export const FACETS_TABLE = 'event_facets';
/** The counts as they are: with those that are on their way into the table. */
export const COUNTS_VIEW = 'event_counts';
/** Stands for all events of a bucket. */
export const ALL_EVENTS = 0;
/** What the roll-up counts by at the finest, in milliseconds. */
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
  /** Its first hour, since 1970. */
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

  /** By term; those of a term by bucket. */
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
      .flatMap(buckets => [...buckets.values()])
      .filter(({ n, failed }) => n !== 0 || failed !== 0)
      .sort((a, b) => a.term - b.term || a.bucket - b.bucket);
  }

  #count({ executedAt, terms, failed }: CountedEvent, sign: 1 | -1): void {
    const count = (term: number, hours: number | undefined) => {
      if (hours !== undefined) {
        this.#change(term, bucketOf(executedAt, hours), sign, failed);
      }
    };
    count(ALL_EVENTS, 1);
    terms.single.forEach((term, i) =>
      count(term, countedHoursOf(SINGLE_TERM_KINDS[i])),
    );
    terms.groups.forEach(term => count(term, countedHoursOf('group')));
  }

  #change(term: number, bucket: number, sign: 1 | -1, failed: boolean): void {
    const buckets = this.#changes.get(term) ?? new Map<number, FacetChange>();
    this.#changes.set(term, buckets);
    const change = buckets.get(bucket) ?? { term, bucket, n: 0, failed: 0 };
    buckets.set(bucket, change);
    change.n += sign;
    change.failed += failed ? sign : 0;
  }
}

/** A bucket is named by its first hour. */
function bucketOf(time: number, hours: number): number {
  return Math.floor(time / (hours * BUCKET_MS)) * hours;
}
