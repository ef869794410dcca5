/** Records that never came, both ends included. */
export type Gap = { firstSequence: number; lastSequence: number };

/**
 * What the portal has of one spool, an (agent, epoch): every sequence with its
 * checksum, and the end of the run without gaps, which is what it acknowledges.
 */
export class SpoolBooks {
  readonly #checksums = new Map<number, string>();
  readonly #gapPatienceMs: number;
  readonly givenUp: Gap[] = [];
  #position = 0;
  #highest = 0;
  #gapSince: number | undefined;

  static create(gapPatienceMs: number): SpoolBooks {
    return new SpoolBooks(gapPatienceMs);
  }

  private constructor(gapPatienceMs: number) {
    this.#gapPatienceMs = gapPatienceMs;
  }

  get count(): number {
    return this.#checksums.size;
  }

  /** All that is missing below the highest sequence. */
  get missing(): number {
    return this.#highest - this.#checksums.size;
  }

  /** @returns whether the sequence is new, was there before, or was there with other content */
  note(sequence: number, checksum: string): 'new' | 'again' | 'other' {
    const before = this.#checksums.get(sequence);
    if (before !== undefined) {
      return before === checksum ? 'again' : 'other';
    }
    this.#checksums.set(sequence, checksum);
    this.#highest = Math.max(this.#highest, sequence);
    return 'new';
  }

  /** @returns what is acknowledged now */
  advance(): number {
    this.#followRun();
    if (this.#position === this.#highest) {
      this.#gapSince = undefined;
    } else if (this.#gapSince === undefined) {
      this.#gapSince = performance.now();
    } else if (performance.now() - this.#gapSince >= this.#gapPatienceMs) {
      const firstSequence = this.#position + 1;
      while (!this.#checksums.has(this.#position + 1)) {
        this.#position++;
      }
      this.givenUp.push({ firstSequence, lastSequence: this.#position });
      this.#gapSince = undefined;
      this.#followRun();
    }
    return this.#position;
  }

  #followRun(): void {
    while (this.#checksums.has(this.#position + 1)) {
      this.#position++;
    }
  }
}
