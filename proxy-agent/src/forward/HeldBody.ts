/** So much of a body is taken in while its outcome is written, in bytes: a short one comes whole, and nothing need be stopped. */
const MAX_HELD_BYTES = 64 * 1024;

/** What has come of an answer's body and may not go out yet. */
export class HeldBody {
  #chunks: Buffer[] = [];
  #bytes = 0;

  static create(): HeldBody {
    return new HeldBody();
  }

  private constructor() {}

  get bytes(): number {
    return this.#bytes;
  }

  /** Whether no more should come for now. */
  get isFull(): boolean {
    return this.#bytes >= MAX_HELD_BYTES;
  }

  push(chunk: Buffer): void {
    this.#chunks.push(chunk);
    this.#bytes += chunk.length;
  }

  /** All of it in one piece. */
  peek(): Buffer {
    return Buffer.concat(this.#chunks);
  }

  /** Gives it away, piece by piece. */
  take(): Buffer[] {
    const chunks = this.#chunks;
    this.#chunks = [];
    this.#bytes = 0;
    return chunks;
  }
}
