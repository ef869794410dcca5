const FIRST_DELAY_MS = 500;
const LAST_DELAY_MS = 30_000;

/** Waits longer after each failure in a row, spread at random so that many proxies do not return at once. */
export class Backoff {
  #failures = 0;

  static create(random: () => number = Math.random): Backoff {
    return new Backoff(random);
  }

  private constructor(private readonly random: () => number) {}

  succeeded(): void {
    this.#failures = 0;
  }

  /** Milliseconds to wait now that it failed once more. */
  failed(): number {
    const ceiling = Math.min(
      LAST_DELAY_MS,
      FIRST_DELAY_MS * 2 ** this.#failures,
    );
    this.#failures++;
    return ceiling / 2 + (this.random() * ceiling) / 2;
  }
}
