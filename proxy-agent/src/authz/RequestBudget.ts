/** Users whose budget is remembered at the most; one that is forgotten starts anew. */
const MAX_USERS = 10_000;

type Bucket = { tokens: number; filledAt: number };

/**
 * How many requests one user may send, as a token bucket: a burst at once, and
 * then a rate. It keeps one user from taking the proxy, and its spool, from all
 * others.
 */
export class RequestBudget {
  #perSecond: number;
  #burst: number;
  readonly #now: () => number;
  readonly #buckets = new Map<string, Bucket>();

  static create(options: {
    /** Requests per second in the long run. */
    perSecond: number;
    /** Requests at once. */
    burst: number;
    /** Milliseconds of a clock that does not jump. */
    now?: () => number;
  }): RequestBudget {
    return new RequestBudget(options);
  }

  private constructor(options: {
    perSecond: number;
    burst: number;
    now?: () => number;
  }) {
    this.#perSecond = options.perSecond;
    this.#burst = options.burst;
    this.#now = options.now ?? (() => performance.now());
  }

  /** From now on these numbers count. */
  use(limits: { perSecond: number; burst: number }): void {
    this.#perSecond = limits.perSecond;
    this.#burst = limits.burst;
  }

  /**
   * Takes one request out of the user's budget.
   *
   * @returns 0, or when there is none left, the seconds until there is
   */
  take(user: string): number {
    const now = this.#now();
    const bucket = this.#buckets.get(user) ?? this.#newBucket(user, now);
    bucket.tokens = Math.min(
      this.#burst,
      bucket.tokens + ((now - bucket.filledAt) / 1000) * this.#perSecond,
    );
    bucket.filledAt = now;
    if (bucket.tokens < 1) {
      return Math.max(1, Math.ceil((1 - bucket.tokens) / this.#perSecond));
    }
    bucket.tokens -= 1;
    return 0;
  }

  #newBucket(user: string, now: number): Bucket {
    if (this.#buckets.size >= MAX_USERS) {
      // A map keeps insertion order: the first is the oldest.
      const [oldest] = this.#buckets.keys();
      this.#buckets.delete(oldest);
    }
    const bucket = { tokens: this.#burst, filledAt: now };
    this.#buckets.set(user, bucket);
    return bucket;
  }
}
