/** What one turn may bring before it is passed on, in bytes. */
const BATCH_BYTES = 128 * 1024;
/** So little gets memory of its own, in bytes: a slow client of a quiet session must not hold a batch's. */
const SMALL_BYTES = 8 * 1024;
/** Memory of batches that waits to be used again. */
const MAX_SPARE = 8;

const spare: Buffer[] = [];

function recycle(memory: Buffer): void {
  if (spare.length < MAX_SPARE) {
    spare.push(memory);
  }
}

/**
 * Makes one piece of what a connection brings in one turn of the event loop.
 * TLS brings 16 KiB at a time: to record, to encrypt and to send each of them
 * alone costs more than to copy them into one place.
 */
export class TurnBatch {
  readonly #pass: (bytes: Buffer, done: () => void) => void;
  #memory: Buffer | undefined;
  #length = 0;
  #turn: NodeJS.Immediate | undefined;

  /**
   * @param pass - gets all bytes in order; they are good until it calls `done`,
   *   which it need not do, and then are used again
   */
  static create(pass: (bytes: Buffer, done: () => void) => void): TurnBatch {
    return new TurnBatch(pass);
  }

  private constructor(pass: (bytes: Buffer, done: () => void) => void) {
    this.#pass = pass;
  }

  /** @param bytes - the next ones; they are copied */
  add(bytes: Buffer): void {
    let taken = 0;
    while (taken < bytes.length) {
      this.#memory ??= spare.pop() ?? Buffer.allocUnsafeSlow(BATCH_BYTES);
      const copied = bytes.copy(this.#memory, this.#length, taken);
      this.#length += copied;
      taken += copied;
      if (this.#length === BATCH_BYTES) {
        this.flush();
      }
    }
    if (this.#length > 0) {
      this.#turn ??= setImmediate(() => this.flush());
    }
  }

  /** Passes on what there is, now. */
  flush(): void {
    if (this.#turn) {
      clearImmediate(this.#turn);
      this.#turn = undefined;
    }
    const memory = this.#memory;
    if (!memory) {
      return;
    }
    const bytes = memory.subarray(0, this.#length);
    this.#memory = undefined;
    this.#length = 0;
    if (bytes.length > SMALL_BYTES) {
      this.#pass(bytes, () => recycle(memory));
      return;
    }
    const own = Buffer.from(bytes);
    recycle(memory);
    this.#pass(own, () => {});
  }
}
