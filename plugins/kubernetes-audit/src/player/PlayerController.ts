import type {
  RecordingChunk,
  RecordingEvent,
} from 'backstage-plugin-kubernetes-audit-common';
import type { KeyframeIndex } from './keyframes';
import type { ParsedChunk } from './parseChunk';
import { PlaybackClock } from './PlaybackClock';
import {
  nextState,
  PlayerEvent,
  PlayerState,
  wantsToPlay,
} from './playerStates';
import type { RecordingTape } from './RecordingTape';
import type { Screen } from './Screen';
import { toScreenOperations } from './screenOperations';

/** The last output stays readable for so long before idle time is skipped, in microseconds. */
const IDLE_GRACE = 1_000_000;
/** Idle time is skipped up to so shortly before the next output, in microseconds. */
const IDLE_LEAD = 250_000;

/** What the controls show. Times in microseconds since the recording's start. */
export type PlayerSnapshot = {
  state: PlayerState;
  position: number;
  duration: number;
  speed: number;
  skipIdle: boolean;
  /** How far a seek has come, from 0 to 1. */
  seekProgress: number;
  /** Frames met so far that could not be read. */
  damagedFrames: number;
  error?: Error;
};

export type PlayerControllerOptions = {
  chunks: readonly RecordingChunk[];
  /** Microseconds. */
  duration: number;
  tape: RecordingTape;
  screen: Screen;
  keyframes: KeyframeIndex;
  /** Milliseconds, never going back. */
  now: () => number;
  /** Calls back at the next frame; the result cancels. */
  schedule: (callback: () => void) => () => void;
};

/**
 * Replays a recording on a screen. Everything that touches the screen happens
 * in one line of work, so that a seek never mixes with what it interrupts.
 */
export class PlayerController {
  readonly #options: PlayerControllerOptions;
  readonly #clock: PlaybackClock;
  readonly #listeners = new Set<() => void>();

  #state: PlayerState = 'paused';
  #skipIdle = false;
  #error: Error | undefined;
  #seekProgress = 0;
  #snapshot: PlayerSnapshot;

  /** The next event to show. */
  #chunk = 0;
  #event = 0;
  /** Every event up to here is on the screen. */
  #shown = 0;
  #lastEventTime = 0;

  /** Ends the work that a newer seek replaces. */
  #current = new AbortController();
  #work: Promise<void> = Promise.resolve();
  #pumping = false;
  #waiting = false;
  #cancelFrame: (() => void) | undefined;

  static create(options: PlayerControllerOptions): PlayerController {
    return new PlayerController(options);
  }

  private constructor(options: PlayerControllerOptions) {
    this.#options = options;
    this.#clock = PlaybackClock.create({
      now: options.now,
      end: options.duration,
    });
    this.#snapshot = this.#takeSnapshot();
  }

  get snapshot(): PlayerSnapshot {
    return this.#snapshot;
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  play(): void {
    const startAgain = this.#state === 'ended';
    const tryAgain = this.#state === 'failed';
    this.#dispatch('play');
    if (startAgain || tryAgain) {
      this.#beginSeek(startAgain ? 0 : this.#clock.position);
    } else if (this.#state === 'playing') {
      this.#run();
    }
  }

  pause(): void {
    this.#dispatch('pause');
    this.#clock.stop();
    this.#emit();
  }

  toggle(): void {
    if (wantsToPlay(this.#state)) {
      this.pause();
    } else {
      this.play();
    }
  }

  /** Shows the moment; plays on if it was playing. */
  seek(time: number): void {
    this.#dispatch('seek');
    this.#beginSeek(time);
  }

  setSpeed(speed: number): void {
    this.#clock.setSpeed(speed);
    this.#emit();
  }

  setSkipIdle(skipIdle: boolean): void {
    this.#skipIdle = skipIdle;
    this.#emit();
  }

  /** Stops for good; the screen is the caller's. */
  dispose(): void {
    this.#current.abort();
    this.#clock.stop();
    this.#cancelFrame?.();
    this.#listeners.clear();
  }

  #beginSeek(time: number): void {
    this.#current.abort();
    this.#current = new AbortController();
    const { signal } = this.#current;
    this.#clock.stop();
    this.#clock.moveTo(time);
    this.#seekProgress = 0;
    this.#emit();
    const target = this.#clock.position;
    const previous = this.#work;
    this.#work = previous
      .then(() => this.#rebuild(target, signal))
      .catch(error => this.#fail(error, signal));
  }

  async #rebuild(target: number, signal: AbortSignal): Promise<void> {
    if (signal.aborted) {
      return;
    }
    const keyframe = this.#options.keyframes.before(target);
    if (target < this.#shown || keyframe.time > this.#shown || this.#error) {
      this.#chunk = keyframe.chunkIndex;
      this.#event = 0;
      this.#shown = keyframe.time;
      this.#lastEventTime = keyframe.time;
      await keyframe.restore(this.#options.screen);
    }
    this.#error = undefined;
    const from = this.#shown;
    await this.#advance(target, signal, () => {
      this.#seekProgress =
        target > from ? (this.#shown - from) / (target - from) : 1;
      this.#emit();
    });
    if (!signal.aborted) {
      this.#dispatch('arrive');
      this.#run();
    }
  }

  /** Plays from here on, if that is wanted. */
  #run(): void {
    if (this.#waiting) {
      this.#starve();
    } else if (this.#state === 'playing') {
      this.#clock.start();
      this.#cancelFrame?.();
      this.#cancelFrame = this.#options.schedule(() => this.#tick());
    }
  }

  #tick(): void {
    if (this.#state !== 'playing') {
      return;
    }
    if (!this.#pumping) {
      this.#pumping = true;
      const { signal } = this.#current;
      this.#work = this.#pump(signal)
        .catch(error => this.#fail(error, signal))
        .finally(() => {
          this.#pumping = false;
        });
    }
    this.#emit();
    this.#run();
  }

  async #pump(signal: AbortSignal): Promise<void> {
    await this.#advance(this.#clock.position, signal);
    if (signal.aborted || this.#state !== 'playing') {
      return;
    }
    const { chunks, duration, tape } = this.#options;
    if (this.#chunk + 1 < chunks.length) {
      tape.prefetch(this.#chunk + 1);
    }
    if (this.#clock.position >= duration && this.#shown >= duration) {
      this.#dispatch('finish');
      this.#clock.stop();
      this.#emit();
      return;
    }
    if (this.#skipIdle) {
      this.#jumpOverIdle();
    }
  }

  #jumpOverIdle(): void {
    const position = this.#clock.position;
    const next = this.#nextEventTime();
    if (
      position - this.#lastEventTime > IDLE_GRACE &&
      next - position > IDLE_LEAD
    ) {
      this.#clock.moveTo(next - IDLE_LEAD);
    }
  }

  #nextEventTime(): number {
    const { chunks, duration, tape } = this.#options;
    const chunk = chunks[this.#chunk];
    if (!chunk) {
      return duration;
    }
    return tape.peek(this.#chunk)?.events[this.#event]?.time ?? chunk.firstTime;
  }

  /** Shows every event up to the time, fetching chunks on the way. */
  async #advance(
    target: number,
    signal: AbortSignal,
    onProgress?: () => void,
  ): Promise<void> {
    const { chunks, tape } = this.#options;
    while (
      this.#chunk < chunks.length &&
      chunks[this.#chunk].firstTime <= target
    ) {
      const { events } = tape.peek(this.#chunk) ?? (await this.#wait());
      if (signal.aborted) {
        return;
      }
      const end = firstAfter(events, this.#event, target);
      if (end > this.#event) {
        await this.#show(events.slice(this.#event, end));
        this.#event = end;
        this.#lastEventTime = events[end - 1].time;
        this.#shown = Math.max(this.#shown, this.#lastEventTime);
        onProgress?.();
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

  async #wait(): Promise<ParsedChunk> {
    this.#waiting = true;
    this.#starve();
    try {
      return await this.#options.tape.get(this.#chunk);
    } finally {
      this.#waiting = false;
      this.#dispatch('feed');
      this.#run();
    }
  }

  /** The clock stands still while there is nothing to show. */
  #starve(): void {
    this.#dispatch('starve');
    if (this.#state === 'buffering') {
      this.#clock.stop();
      this.#emit();
    }
  }

  /** Awaits the last write only: the emulator works through them in order. */
  async #show(events: RecordingEvent[]): Promise<void> {
    let written: Promise<void> | undefined;
    for (const operation of toScreenOperations(events)) {
      if (operation.type === 'write') {
        written = this.#options.screen.write(operation.data);
      } else {
        // A resize takes effect at once: the output before it comes first.
        await written;
        this.#options.screen.resize(operation.size);
      }
    }
    await written;
  }

  #fail(error: Error, signal: AbortSignal): void {
    if (signal.aborted) {
      return;
    }
    this.#clock.stop();
    this.#error = error;
    this.#dispatch('fail');
    this.#emit();
  }

  #dispatch(event: PlayerEvent): void {
    this.#state = nextState(this.#state, event);
    this.#emit();
  }

  #emit(): void {
    this.#snapshot = this.#takeSnapshot();
    this.#listeners.forEach(listener => listener());
  }

  #takeSnapshot(): PlayerSnapshot {
    return {
      state: this.#state,
      position: this.#clock.position,
      duration: this.#options.duration,
      speed: this.#clock.speed,
      skipIdle: this.#skipIdle,
      seekProgress: this.#seekProgress,
      damagedFrames: this.#options.tape.damagedFrames,
      error: this.#error,
    };
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
