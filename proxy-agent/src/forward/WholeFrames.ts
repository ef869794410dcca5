/**
 * What of an unfinished frame is kept back at the most, in bytes. The API server
 * writes frames of 32 KiB; a longer one is passed on as it comes.
 */
export const MAX_HELD_BYTES = 256 * 1024;

/**
 * Releases what the API server sends frame by frame: the beginning of a frame
 * waits for its end. So the client has always got whole frames, and the proxy
 * can put a word of its own behind them at any time. Nothing is copied.
 */
export class WholeFrames {
  #held: Buffer[] = [];
  #heldBytes = 0;
  /** The client has got a part of a frame that was too long to be kept back. */
  #isBroken = false;

  static create(): WholeFrames {
    return new WholeFrames();
  }

  private constructor() {}

  /** Whether the client has got whole frames and nothing else. */
  get endsWhole(): boolean {
    return !this.#isBroken;
  }

  /** Whether something is kept back. */
  get isHolding(): boolean {
    return this.#held.length > 0;
  }

  /**
   * @param chunk - the next bytes; they must not be written to until all of
   *   them were returned
   * @param boundary - where in the chunk its last whole frame ends; undefined
   *   if none does
   * @returns what the client may have now
   */
  push(chunk: Buffer, boundary: number | undefined): Buffer[] {
    if (boundary === chunk.length) {
      this.#isBroken = false;
      return [...this.take(), chunk];
    }
    if (boundary === undefined) {
      return this.#isBroken ? [chunk] : this.#hold(chunk);
    }
    this.#isBroken = false;
    const whole =
      boundary > 0 ? [...this.take(), chunk.subarray(0, boundary)] : [];
    return [...whole, ...this.#hold(chunk.subarray(boundary))];
  }

  /** All that was kept back: it is kept no more. */
  take(): Buffer[] {
    const held = this.#held;
    if (held.length > 0) {
      this.#held = [];
      this.#heldBytes = 0;
    }
    return held;
  }

  #hold(bytes: Buffer): Buffer[] {
    this.#held.push(bytes);
    this.#heldBytes += bytes.length;
    if (this.#heldBytes <= MAX_HELD_BYTES) {
      return [];
    }
    this.#isBroken = true;
    return this.take();
  }
}
