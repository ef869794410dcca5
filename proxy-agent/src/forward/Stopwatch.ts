import { performance } from 'node:perf_hooks';

/** Measures how long something takes by a clock that does not jump. */
export class Stopwatch {
  readonly #begun = performance.now();

  static start(): Stopwatch {
    return new Stopwatch();
  }

  private constructor() {}

  /** Whole milliseconds since the start. */
  get elapsedMs(): number {
    return Math.round(performance.now() - this.#begun);
  }
}
