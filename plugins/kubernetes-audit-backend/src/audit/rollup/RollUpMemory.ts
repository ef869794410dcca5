import type { Bucket, BucketReader, TermSet } from './RollUp';

/** What was read of the roll-up for one request: its page and its total ask for the same. */
export class RollUpMemory implements BucketReader {
  readonly #buckets = new Map<string, Promise<Bucket[]>>();
  #extent: ReturnType<BucketReader['extent']> | undefined;

  static create(rollUp: BucketReader): RollUpMemory {
    return new RollUpMemory(rollUp);
  }

  private constructor(private readonly rollUp: BucketReader) {}

  extent() {
    this.#extent ??= this.rollUp.extent();
    return this.#extent;
  }

  /** All that a request asks for is of the same terms. */
  read(
    span: { from: number; to: number },
    hours: number,
    terms: readonly TermSet[],
  ): Promise<Bucket[]> {
    const key = `${span.from} ${span.to} ${hours}`;
    let buckets = this.#buckets.get(key);
    if (!buckets) {
      buckets = this.rollUp.read(span, hours, terms);
      this.#buckets.set(key, buckets);
    }
    return buckets;
  }
}
