import type {
  RecordingChunk,
  RecordingEvent,
} from 'backstage-plugin-kubernetes-audit-common';
import type { Keyframe } from './keyframes';
import type { ParsedChunk } from './parseChunk';
import type { RecordingTape } from './RecordingTape';
import type { Screen } from './Screen';
import { toScreenOperations } from './screenOperations';

/** What {@link ReplayCursor.advance} tells on its way. */
export type AdvanceListener = {
  /** A chunk has to be fetched: nothing can be shown until `onFed`. */
  onStarved: () => void;
  onFed: () => void;
  onProgress?: () => void;
};

/**
 * How far a recording has been shown on a screen. Times in microseconds since
 * the recording's start.
 */
export class ReplayCursor {
  readonly #chunks: readonly RecordingChunk[];
  readonly #tape: RecordingTape;
  readonly #screen: Screen;
  /** The next event to show. */
  #chunk = 0;
  #event = 0;
  #shown = 0;
  #lastEventTime = 0;

  static create(options: {
    chunks: readonly RecordingChunk[];
    tape: RecordingTape;
    screen: Screen;
  }): ReplayCursor {
    return new ReplayCursor(options.chunks, options.tape, options.screen);
  }

  private constructor(
    chunks: readonly RecordingChunk[],
    tape: RecordingTape,
    screen: Screen,
  ) {
    this.#chunks = chunks;
    this.#tape = tape;
    this.#screen = screen;
  }

  /** Every event up to here is on the screen. */
  get shown(): number {
    return this.#shown;
  }

  get lastEventTime(): number {
    return this.#lastEventTime;
  }

  /** As far as it is known without fetching; absent after the last event. */
  get nextEventTime(): number | undefined {
    const chunk = this.#chunks[this.#chunk];
    const event = this.#tape.peek(this.#chunk)?.events[this.#event];
    return event?.time ?? chunk?.firstTime;
  }

  async restore(keyframe: Keyframe): Promise<void> {
    this.#chunk = keyframe.chunkIndex;
    this.#event = 0;
    this.#shown = keyframe.time;
    this.#lastEventTime = keyframe.time;
    await keyframe.restore(this.#screen);
  }

  /** Fetches ahead what comes after the current chunk. */
  prefetch(): void {
    if (this.#chunk + 1 < this.#chunks.length) {
      this.#tape.prefetch(this.#chunk + 1);
    }
  }

  /** Shows every event up to the time, unless it is aborted on the way. */
  async advance(
    target: number,
    signal: AbortSignal,
    listener: AdvanceListener,
  ): Promise<void> {
    while (
      this.#chunk < this.#chunks.length &&
      this.#chunks[this.#chunk].firstTime <= target
    ) {
      const { events } =
        this.#tape.peek(this.#chunk) ?? (await this.#fetch(listener));
      if (signal.aborted) {
        return;
      }
      const end = firstAfter(events, this.#event, target);
      if (end > this.#event) {
        await this.#show(events.slice(this.#event, end));
        this.#event = end;
        this.#lastEventTime = events[end - 1].time;
        this.#shown = Math.max(this.#shown, this.#lastEventTime);
        listener.onProgress?.();
      }
      if (signal.aborted) {
        return;
      }
      if (end < events.length) {
        break;
      }
      this.#chunk++;
      this.#event = 0;
    }
    this.#shown = Math.max(this.#shown, target);
  }

  async #fetch(listener: AdvanceListener): Promise<ParsedChunk> {
    listener.onStarved();
    try {
      return await this.#tape.get(this.#chunk);
    } finally {
      listener.onFed();
    }
  }

  /** Awaits the last write only: the emulator works through them in order. */
  async #show(events: RecordingEvent[]): Promise<void> {
    let written: Promise<void> | undefined;
    for (const operation of toScreenOperations(events)) {
      if (operation.type === 'write') {
        written = this.#screen.write(operation.data);
      } else {
        // A resize takes effect at once: the output before it comes first.
        await written;
        this.#screen.resize(operation.size);
      }
    }
    await written;
  }
}

/** The index of the first event after the time, at or after `from`. */
function firstAfter(
  events: readonly RecordingEvent[],
  from: number,
  time: number,
): number {
  let low = from;
  let high = events.length;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (events[middle].time <= time) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}
