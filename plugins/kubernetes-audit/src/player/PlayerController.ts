import type { RecordingChunk } from 'backstage-plugin-kubernetes-audit-common';
import type { KeyframeIndex } from './keyframes';
import { PlaybackClock } from './PlaybackClock';
import {
  nextState,
  PlayerEvent,
  PlayerState,
  wantsToPlay,
} from './playerStates';
import type { RecordingTape } from './RecordingTape';
import { AdvanceListener, ReplayCursor } from './ReplayCursor';
import type { Screen } from './Screen';

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
  readonly #cursor: ReplayCursor;
  readonly #listeners = new Set<() => void>();

  #state: PlayerState = 'paused';
  #skipIdle = false;
  #error: Error | undefined;
  #seekProgress = 0;
  #snapshot: PlayerSnapshot;

  /** Ends the work that a newer seek replaces. */
  #current = new AbortController();
  #work: Promise<void> = Promise.resolve();
  #pumping = false;
  #waiting = false;
  readonly #supply: AdvanceListener = {
    onStarved: () => {
      this.#waiting = true;
      this.#starve();
    },
    onFed: () => {
      this.#waiting = false;
      this.#dispatch('feed');
      this.#run();
    },
  };
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
    this.#cursor = ReplayCursor.create(options);
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
    const { shown } = this.#cursor;
    if (target < shown || keyframe.time > shown || this.#error) {
      await this.#cursor.restore(keyframe);
    }
    this.#error = undefined;
    const from = this.#cursor.shown;
    await this.#cursor.advance(target, signal, {
      ...this.#supply,
      onProgress: () => {
        this.#seekProgress =
          target > from ? (this.#cursor.shown - from) / (target - from) : 1;
        this.#emit();
      },
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
    await this.#cursor.advance(this.#clock.position, signal, this.#supply);
    if (signal.aborted || this.#state !== 'playing') {
      return;
    }
    this.#cursor.prefetch();
    const { duration } = this.#options;
    if (this.#clock.position >= duration && this.#cursor.shown >= duration) {
      this.#dispatch('finish');
      this.#clock.stop();
      this.#emit();
    } else if (this.#skipIdle) {
      this.#jumpOverIdle();
    }
  }

  #jumpOverIdle(): void {
    const { position } = this.#clock;
    const next = this.#cursor.nextEventTime ?? this.#options.duration;
    if (
      position - this.#cursor.lastEventTime > IDLE_GRACE &&
      next - position > IDLE_LEAD
    ) {
      this.#clock.moveTo(next - IDLE_LEAD);
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
