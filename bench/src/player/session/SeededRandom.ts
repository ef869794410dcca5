/** Numbers that look random and are the same for the same seed (mulberry32). */
export class SeededRandom {
  #state: number;

  static create(seed: number): SeededRandom {
    return new SeededRandom(seed);
  }

  private constructor(seed: number) {
    this.#state = seed;
  }

  /** From 0 up to 1, which is not reached. */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  /** An integer from `low` to `high`, both included. */
  integer(low: number, high: number): number {
    return low + Math.floor(this.next() * (high - low + 1));
  }

  pick<T>(items: readonly T[]): T {
    return items[Math.floor(this.next() * items.length)];
  }

  /** Lowercase hexadecimal digits. */
  hex(digits: number): string {
    return Array.from({ length: digits }, () =>
      this.integer(0, 15).toString(16),
    ).join('');
  }
}
