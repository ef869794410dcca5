import {
  MIN_IDLE_MICROSECONDS,
  Sidecar,
} from 'backstage-plugin-kubernetes-audit-common';

/** Spans of a part at the most. */
const MAX_SPANS = 10_000;

/** Finds the spans in which nothing happens. Times in microseconds since the recording's start. */
export class IdleSpans {
  readonly spans: Sidecar['idle'] = [];
  #lastActivityTime: number;

  static create(lastActivityTime: number): IdleSpans {
    return new IdleSpans(lastActivityTime);
  }

  private constructor(lastActivityTime: number) {
    this.#lastActivityTime = lastActivityTime;
  }

  get lastActivityTime(): number {
    return this.#lastActivityTime;
  }

  /** Something happens. */
  active(time: number): void {
    const from = this.#lastActivityTime;
    if (time - from >= MIN_IDLE_MICROSECONDS && this.spans.length < MAX_SPANS) {
      this.spans.push({ from, to: time });
    }
    this.#lastActivityTime = Math.max(from, time);
  }
}
