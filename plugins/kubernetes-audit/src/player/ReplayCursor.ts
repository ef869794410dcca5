import type {
  RecordingChunk,
  RecordingEvent,
  TerminalSize,
} from 'backstage-plugin-kubernetes-audit-common';
import type { Keyframe } from './keyframes';
import type { ChunkEvents, RecordingTape } from './RecordingTape';
import type { Screen } from './Screen';
import { ScreenOperation, toScreenOperations } from './screenOperations';
import { unlessAborted } from './unlessAborted';

/** Chunks that are fetched at once on the way to a moment. */
const FETCHED_AHEAD = 4;
/** Output that is given to the emulator at once, in bytes: then others have their turn. */
const MAX_UNSETTLED_BYTES = 256 * 1024;
const NOTHING = new Uint8Array();
/** Keys that a viewer is shown at once, at the most. */
const MAX_KEYSTROKES = 32;

/** What was typed, when input was recorded; the time in microseconds. */
export type Keystroke = { time: number; text: string };

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
  #chunks: readonly RecordingChunk[];
  readonly #tape: RecordingTape;
  readonly #screen: Screen;
  /** The next event to show: the place of its chunk, and its own in it. */
  #chunk = 0;
  #event = 0;
  #shown = 0;
  #lastEventTime = 0;
  #size: TerminalSize;
  #keystrokes: readonly Keystroke[] = [];
  /** The last write, while it may not be on the screen yet. */
  #unsettled: Promise<void> | undefined;
  #unsettledBytes = 0;

  /** @param options - `size` of the screen, which is empty */
  static create(options: {
    chunks: readonly RecordingChunk[];
    tape: RecordingTape;
    screen: Screen;
    size: TerminalSize;
  }): ReplayCursor {
    return new ReplayCursor(options);
  }

  private constructor(options: {
    chunks: readonly RecordingChunk[];
    tape: RecordingTape;
    screen: Screen;
    size: TerminalSize;
  }) {
    this.#chunks = options.chunks;
    this.#tape = options.tape;
    this.#screen = options.screen;
    this.#size = options.size;
  }

  /** Every event up to here is on the screen. */
  get shown(): number {
    return this.#shown;
  }

  get lastEventTime(): number {
    return this.#lastEventTime;
  }

  /** Of the terminal at this moment. */
  get size(): TerminalSize {
    return this.#size;
  }

  /** The latest input before this moment. */
  get keystrokes(): readonly Keystroke[] {
    return this.#keystrokes;
  }

  /** As far as it is known without fetching; absent after the last event. */
  get nextEventTime(): number | undefined {
    const chunk = this.#chunks[this.#chunk];
    const event = chunk && this.#tape.peek(chunk.index)?.events[this.#event];
    return event?.time ?? chunk?.firstTime;
  }

  /** Takes a longer table of the same recording's chunks. */
  extend(chunks: readonly RecordingChunk[]): void {
    this.#chunks = chunks;
  }

  /** The screen shows it when what is shown next has been shown. */
  restore(keyframe: Keyframe): void {
    const next = this.#chunks.findIndex(({ index }) => index >= keyframe.chunk);
    this.#chunk = next < 0 ? this.#chunks.length : next;
    this.#event =
      this.#chunks[next]?.index === keyframe.chunk ? keyframe.event : 0;
    this.#shown = keyframe.time;
    this.#lastEventTime = keyframe.time;
    this.#size = keyframe.size;
    this.#keystrokes = [];
    if (keyframe.payload) {
      // What its screen has above it would be a part by chance.
      this.#screen.keepLines(false);
    }
    this.#screen.reset(keyframe.size);
    this.#unsettled = this.#screen.write(keyframe.payload ?? NOTHING);
  }

  /** Resolves when all that was written is on the screen. */
  async settle(): Promise<void> {
    await this.#unsettled;
    this.#unsettled = undefined;
    this.#unsettledBytes = 0;
  }

  /** Fetches the current chunk as a whole, if only a part of it is here. */
  complete(): void {
    const chunk = this.#chunks[this.#chunk];
    if (
      chunk &&
      chunk.firstTime <= this.#shown &&
      !this.#tape.has(chunk.index)
    ) {
      this.#tape.prefetch(chunk.index);
    }
  }

  /** Fetches ahead the chunk after the current one, and what follows it until the time. */
  prefetch(until: number): void {
    const next = this.#chunks[this.#chunk + 1];
    if (next) {
      this.#fetchAhead(Math.max(until, next.firstTime));
    }
  }

  /** Shows every event up to the time, unless it is aborted on the way. */
  async advance(
    target: number,
    signal: AbortSignal,
    listener: AdvanceListener,
  ): Promise<void> {
    try {
      if (await this.#showUntil(target, signal, listener)) {
        this.#shown = Math.max(this.#shown, target);
      }
    } finally {
      await this.settle();
    }
  }

  /** @returns false when it was aborted on the way */
  async #showUntil(
    target: number,
    signal: AbortSignal,
    listener: AdvanceListener,
  ): Promise<boolean> {
    while (
      this.#chunk < this.#chunks.length &&
      this.#chunks[this.#chunk].firstTime <= target
    ) {
      this.#fetchAhead(target);
      const known =
        this.#known(target) ?? (await this.#fetch(signal, listener));
      if (!known || signal.aborted) {
        return false;
      }
      const { events, first, isToEnd } = known;
      const start = this.#event - first;
      const end = firstAfter(events, start, target);
      if (end > start) {
        const shown = events.slice(start, end);
        this.#noteInput(shown);
        const operations = toScreenOperations(shown);
        if (operations.some(({ type }) => type === 'resize')) {
          await this.#perform(operations);
        } else {
          // Not awaited: what follows is still of this turn.
          this.#perform(operations);
        }
        this.#event = first + end;
        this.#lastEventTime = events[end - 1].time;
        this.#shown = Math.max(this.#shown, this.#lastEventTime);
        if (this.#unsettledBytes > MAX_UNSETTLED_BYTES) {
          await this.settle();
          listener.onProgress?.();
        }
      }
      if (signal.aborted) {
        return false;
      }
      if (end < events.length || !isToEnd) {
        break;
      }
      this.#chunk++;
      this.#event = 0;
    }
    return true;
  }

  #fetchAhead(target: number): void {
    for (let i = this.#chunk + 1; i <= this.#chunk + FETCHED_AHEAD; i++) {
      const chunk = this.#chunks[i];
      if (
        chunk &&
        chunk.firstTime <= target &&
        !this.#tape.peekUntil(chunk.index, 0, target)
      ) {
        this.#tape.prefetch(chunk.index);
      }
    }
  }

  /** What is here of the current chunk, if that is enough. */
  #known(target: number): ChunkEvents | undefined {
    const { index } = this.#chunks[this.#chunk];
    return this.#tape.peekUntil(index, this.#event, target);
  }

  /** Nothing when it is aborted before the chunk is there. */
  async #fetch(
    signal: AbortSignal,
    listener: AdvanceListener,
  ): Promise<ChunkEvents | undefined> {
    listener.onStarved();
    try {
      const chunk = await unlessAborted(
        this.#tape.get(this.#chunks[this.#chunk].index),
        signal,
      );
      return chunk && { events: chunk.events, first: 0, isToEnd: true };
    } finally {
      listener.onFed();
    }
  }

  /** Does not await the writes: the emulator works through them in order. */
  async #perform(operations: readonly ScreenOperation[]): Promise<void> {
    for (const operation of operations) {
      if (operation.type === 'write') {
        this.#unsettled = this.#screen.write(operation.data);
        this.#unsettledBytes += operation.data.length;
      } else {
        // A resize takes effect at once: the output before it comes first.
        await this.settle();
        this.#screen.resize(operation.size);
        this.#size = operation.size;
      }
    }
  }

  #noteInput(events: RecordingEvent[]): void {
    const typed = events
      .filter(({ type }) => type === 'input')
      .slice(-MAX_KEYSTROKES)
      .map(({ time, data }) => ({
        time,
        text: new TextDecoder().decode(data.subarray(0, MAX_KEYSTROKES)),
      }));
    if (typed.length > 0) {
      this.#keystrokes = [...this.#keystrokes, ...typed].slice(-MAX_KEYSTROKES);
    }
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
