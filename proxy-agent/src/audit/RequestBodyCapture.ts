/** Keeps a copy of a request's body while it streams by, up to a limit; beyond it only counts. */
export class RequestBodyCapture {
  readonly #limit: number;
  #chunks: Buffer[] = [];
  #size = 0;

  /** @param limit - bytes that are kept at the most */
  static create(limit: number): RequestBodyCapture {
    return new RequestBodyCapture(limit);
  }

  private constructor(limit: number) {
    this.#limit = limit;
  }

  push(chunk: Buffer): void {
    this.#size += chunk.length;
    if (this.#size > this.#limit) {
      this.#chunks = [];
    } else {
      this.#chunks.push(chunk);
    }
  }

  /** Bytes that have streamed by. */
  get size(): number {
    return this.#size;
  }

  /** The whole body so far, or undefined when it exceeded the limit. */
  content(): Buffer | undefined {
    return this.#size > this.#limit ? undefined : Buffer.concat(this.#chunks);
  }
}
