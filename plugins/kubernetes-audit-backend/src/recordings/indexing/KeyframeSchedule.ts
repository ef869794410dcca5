/** A keyframe comes after so many bytes of output … */
const KEYFRAME_BYTES = 32 * 1024;
/** … but only when it is at most one in so many of what it stands for … */
const KEYFRAME_SHARE = 8;
/** … or after so many frames, which a player would fetch one by one. */
const KEYFRAME_FRAMES = 32;
/** After a moment at which none could be written, so many bytes of output come before the next attempt. */
const RETRY_BYTES = 8 * 1024;
/** A resize counts like so many bytes: the last keyframe no longer shows the screen. */
const RESIZE_BYTES = 1;

/** Knows when a keyframe is worth its place: what a player replays after it costs time. */
export class KeyframeSchedule {
  /** Of output since the last keyframe. */
  #bytes = 0;
  #frames = 0;
  /** Of the last keyframe. */
  #lastBytes: number;
  #retryAt = 0;

  /** @param lastBytes - of the keyframe that output begins with */
  static create(lastBytes: number): KeyframeSchedule {
    return new KeyframeSchedule(lastBytes);
  }

  private constructor(lastBytes: number) {
    this.#lastBytes = lastBytes;
  }

  /** Bytes of output since the last keyframe; none when it still shows the screen. */
  get bytes(): number {
    return this.#bytes;
  }

  addOutput(bytes: number): void {
    this.#bytes += bytes;
  }

  addResize(): void {
    this.#bytes += RESIZE_BYTES;
  }

  addFrame(): void {
    this.#frames++;
  }

  /** Within a frame. */
  isDue(): boolean {
    return this.#isWorthIt() && this.#bytes >= this.#retryAt;
  }

  /** At the end of a frame, where events often end what they began. */
  isDueAfterFrame(): boolean {
    return (
      this.#isWorthIt() || (this.#bytes > 0 && this.#frames >= KEYFRAME_FRAMES)
    );
  }

  /** @param keyframeBytes - undefined when the moment cannot be written */
  attempted(keyframeBytes: number | undefined): void {
    if (keyframeBytes === undefined) {
      this.#retryAt = this.#bytes + RETRY_BYTES;
      return;
    }
    this.#lastBytes = keyframeBytes;
    this.#bytes = 0;
    this.#frames = 0;
    this.#retryAt = 0;
  }

  #isWorthIt(): boolean {
    return (
      this.#bytes >= Math.max(KEYFRAME_BYTES, KEYFRAME_SHARE * this.#lastBytes)
    );
  }
}
