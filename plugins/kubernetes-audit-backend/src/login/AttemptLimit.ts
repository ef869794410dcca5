import { TooManyRequestsError } from '../TooManyRequestsError';

/** Keys that are remembered at the most: of more, the oldest are forgotten. */
const MAX_KEYS = 10_000;

/** Counts attempts by whom they come from; each replica counts for itself. */
export class AttemptLimit {
  readonly #limit: number;
  readonly #windowMs: number;
  readonly #now: () => number;
  readonly #windows = new Map<string, { endsAt: number; count: number }>();

  static create(options: {
    /** Attempts within a window. */
    limit: number;
    windowMs: number;
    /** Milliseconds since 1970. */
    now: () => number;
  }): AttemptLimit {
    return new AttemptLimit(options);
  }

  private constructor(options: {
    limit: number;
    windowMs: number;
    now: () => number;
  }) {
    this.#limit = options.limit;
    this.#windowMs = options.windowMs;
    this.#now = options.now;
  }

  /** @throws TooManyRequestsError when there were too many already */
  check(key: string): void {
    const now = this.#now();
    const window = this.#windows.get(key);
    if (window && window.endsAt > now && window.count >= this.#limit) {
      throw new TooManyRequestsError(Math.ceil((window.endsAt - now) / 1000));
    }
  }

  /** Counts one. */
  note(key: string): void {
    const now = this.#now();
    const window = this.#windows.get(key);
    if (window && window.endsAt > now) {
      window.count++;
      return;
    }
    this.#windows.delete(key);
    if (this.#windows.size >= MAX_KEYS) {
      // A map keeps insertion order: the first is the oldest.
      const [oldest] = this.#windows.keys();
      this.#windows.delete(oldest);
    }
    this.#windows.set(key, { endsAt: now + this.#windowMs, count: 1 });
  }
}
