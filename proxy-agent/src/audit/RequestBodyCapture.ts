import { MAX_REQUEST_BODY_BYTES } from 'backstage-plugin-kubernetes-audit-common';
import { BodyBeginning } from './BodyBeginning';

/** Of a body over the limit so many bytes are kept as they are: the envelope of protobuf is within them. */
const HEAD_BYTES = 1024;

const NOTHING = Buffer.alloc(0);

/** Keeps a copy of a request's body while it streams by, up to a limit; of a longer one its redacted beginning. */
export class RequestBodyCapture {
  readonly #limit: number;
  #size = 0;
  /** The body in a buffer that grows: a body may come in as many chunks as it has bytes. */
  #buffer = NOTHING;
  #beginning: BodyBeginning | undefined;

  /** @param limit - bytes that are kept at the most; 0 only counts */
  static create(limit: number): RequestBodyCapture {
    return new RequestBodyCapture(limit);
  }

  private constructor(limit: number) {
    this.#limit = limit;
  }

  push(chunk: Buffer): void {
    const before = this.#size;
    this.#size += chunk.length;
    if (this.#limit === 0) {
      return;
    }
    if (this.#beginning) {
      this.#beginning.push(chunk);
    } else if (this.#size > this.#limit) {
      this.#beginning = BodyBeginning.create(MAX_REQUEST_BODY_BYTES);
      this.#beginning.push(this.#buffer.subarray(0, before));
      this.#beginning.push(chunk);
      this.#buffer = Buffer.concat(
        [this.#buffer.subarray(0, before), chunk],
        Math.min(this.#size, HEAD_BYTES),
      );
    } else {
      this.#append(chunk, before);
    }
  }

  #append(chunk: Buffer, before: number): void {
    if (before === 0) {
      // Most bodies are one chunk, which needs no copy.
      this.#buffer = chunk;
      return;
    }
    if (this.#size > this.#buffer.length) {
      const grown = Buffer.allocUnsafe(
        Math.min(this.#limit, Math.max(this.#size, 2 * this.#buffer.length)),
      );
      this.#buffer.copy(grown, 0, 0, before);
      this.#buffer = grown;
    }
    chunk.copy(this.#buffer, before);
  }

  /** Bytes that have streamed by. */
  get size(): number {
    return this.#size;
  }

  /** Bytes that are kept at the most. */
  get limit(): number {
    return this.#limit;
  }

  /** The whole body so far, or undefined when it exceeded the limit. */
  content(): Buffer | undefined {
    return this.#size > this.#limit
      ? undefined
      : this.#buffer.subarray(0, this.#size);
  }

  /** The first bytes of a body, as they are. */
  head(): Buffer {
    return this.#buffer.subarray(0, Math.min(this.#size, HEAD_BYTES));
  }

  /** The redacted beginning of a body over the limit, if it is JSON. */
  beginning(): BodyBeginning['excerpt'] {
    return this.#beginning?.excerpt;
  }
}
