/** Microseconds in a millisecond. */
const MICROSECONDS = 1000;

/**
 * Where in the recording the viewer is, in microseconds since its start. Runs
 * at `speed` between `start` and `stop` and never past its end.
 */
export class PlaybackClock {
  readonly #now: () => number;
  #end: number;
  #speed = 1;
  /** The position when the clock was last touched. */
  #base = 0;
  /** Milliseconds of `now` at that moment; absent while stopped. */
  #since: number | undefined;

  /**
   * @param options - `now` in milliseconds, never going back; `end` in microseconds
   */
  static create(options: { now: () => number; end: number }): PlaybackClock {
    return new PlaybackClock(options.now, options.end);
  }

  private constructor(now: () => number, end: number) {
    this.#now = now;
    this.#end = end;
  }

  get position(): number {
    const elapsed =
      this.#since === undefined
        ? 0
        : (this.#now() - this.#since) * MICROSECONDS * this.#speed;
    return Math.min(this.#base + elapsed, this.#end);
  }

  get speed(): number {
    return this.#speed;
  }

  start(): void {
    if (this.#since === undefined) {
      this.#since = this.#now();
    }
  }

  stop(): void {
    this.#base = this.position;
    this.#since = undefined;
  }

  moveTo(position: number): void {
    this.#base = Math.min(Math.max(position, 0), this.#end);
    if (this.#since !== undefined) {
      this.#since = this.#now();
    }
  }

  /** Time that passed while it stood at its old end is not made up for. */
  setEnd(end: number): void {
    this.moveTo(this.position);
    this.#end = end;
  }

  setSpeed(speed: number): void {
    this.moveTo(this.position);
    this.#speed = speed;
  }
}
