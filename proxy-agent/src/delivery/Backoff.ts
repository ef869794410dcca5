const FIRST_DELAY_MS = 500;
const LAST_DELAY_MS = 30_000;

/** Waits longer after each failure in a row, spread at random so that many proxies do not return at once. */
export class Backoff {
  #failures = 0;

  /** @param lastDelayMs - the longest wait, in milliseconds */
  static create(
    random: () => number = Math.random,
    lastDelayMs: number = LAST_DELAY_MS,
  ): Backoff {
    return new Backoff(random, lastDelayMs);
  }

  private constructor(
    private readonly random: () => number,
    private readonly lastDelayMs: number,
  ) {}

  succeeded(): void {
    this.#failures = 0;
  }

  /** Milliseconds to wait now that it failed once more. */
  failed(): number {
    const ceiling = Math.min(
      this.lastDelayMs,
      FIRST_DELAY_MS * 2 ** this.#failures,
    );
    this.#failures++;
    return ceiling / 2 + (this.random() * ceiling) / 2;
  }
}
