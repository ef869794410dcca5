import type { RecordingChunk } from 'backstage-plugin-kubernetes-audit-common';
import { skipIdleTime } from './idleTime';
import { stepTime } from './outputTimes';
import { PlaybackClock } from './PlaybackClock';
import type { PlayerControllerOptions } from './PlayerControllerOptions';
import type { PlayerSnapshot, TimeSpan } from './PlayerSnapshot';
import {
  nextState,
  PlayerEvent,
  PlayerState,
  wantsToPlay,
} from './playerStates';
import { gapsOf } from './RecordingTape';
import { AdvanceListener, ReplayCursor } from './ReplayCursor';
import { rebuildScreen } from './rebuildScreen';
import { WorkLine } from './WorkLine';

/** What is played within so long is fetched ahead, in microseconds of the viewer's. */
const PREFETCHED_TIME = 2_000_000;

/**
 * Replays a recording on a screen. Everything that touches the screen happens
 * in one line of work, so that a seek never mixes with what it interrupts.
 */
export class PlayerController {
  readonly #options: PlayerControllerOptions;
  #chunks: readonly RecordingChunk[];
  #duration: number;
  #isLive: boolean;
  readonly #clock: PlaybackClock;
  readonly #cursor: ReplayCursor;
  readonly #listeners = new Set<() => void>();

  #state: PlayerState = 'paused';
  #skipIdle = false;
  #isFollowing = false;
  /** Idle spans of the whole recording, as far as they are known. */
  #idle: readonly TimeSpan[] = [];
  #error: Error | undefined;
  #seekProgress = 0;
  #snapshot: PlayerSnapshot;

  readonly #line = WorkLine.create(error => this.#fail(error));
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
    this.#chunks = options.chunks;
    this.#duration = options.duration;
    this.#isLive = options.isLive ?? false;
    this.#clock = PlaybackClock.create({
      now: options.now,
      end: options.duration,
    });
    this.#cursor = ReplayCursor.create({
      ...options,
      size: options.keyframes.start.size,
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
    const startAgain = this.#isAtEnd;
    const tryAgain = this.#state === 'failed';
    this.#dispatch('play');
    if (startAgain || tryAgain) {
      this.#dispatch('seek');
      this.#beginSeek(startAgain ? 0 : this.#clock.position);
    } else if (this.#state === 'playing') {
      this.#run();
    }
  }

  /** There is nothing more to play, whether it was played or sought. */
  get #isAtEnd(): boolean {
    return (
      this.#state === 'ended' ||
      (this.#state === 'paused' &&
        !this.#isLive &&
        this.#clock.position >= this.#duration)
    );
  }

  pause(): void {
    this.#isFollowing = false;
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
    this.#isFollowing = false;
    this.#dispatch('seek');
    this.#beginSeek(time);
  }

  /** Shows what a running session shows now, and what it shows next. */
  follow(): void {
    this.#dispatch('seek');
    this.#dispatch('play');
    this.#isFollowing = true;
    this.#beginSeek(this.#duration);
  }

  /** Pauses at the next or previous change of the screen. */
  step(direction: 1 | -1): void {
    this.pause();
    this.#line.add(async signal => {
      const source = { chunks: this.#chunks, tape: this.#options.tape };
      const time = await stepTime(source, this.#clock.position, direction);
      if (time !== undefined && !signal.aborted) {
        this.seek(time);
      }
    });
  }

  /** Takes what a running session has recorded since. */
  extend(recorded: {
    chunks: readonly RecordingChunk[];
    /** Microseconds. */
    duration: number;
    isLive: boolean;
  }): void {
    this.#chunks = recorded.chunks;
    this.#duration = recorded.duration;
    this.#isLive = recorded.isLive;
    this.#cursor.extend(recorded.chunks);
    this.#clock.setEnd(recorded.duration);
    if (this.#isFollowing && this.#state === 'playing') {
      this.#clock.moveTo(recorded.duration);
    }
    this.#emit();
  }

  /** With them, idle time is known before its end has been fetched. */
  setIdle(idle: readonly TimeSpan[]): void {
    this.#idle = idle;
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
    this.#line.end();
    this.#clock.stop();
    this.#cancelFrame?.();
    this.#listeners.clear();
  }

  #beginSeek(time: number): void {
    this.#clock.stop();
    this.#clock.moveTo(time);
    this.#seekProgress = 0;
    this.#emit();
    const target = this.#clock.position;
    this.#line.replace(signal => this.#rebuild(target, signal));
  }

  async #rebuild(target: number, signal: AbortSignal): Promise<void> {
    await rebuildScreen({
      source: { ...this.#options, chunks: this.#chunks },
      cursor: this.#cursor,
      target,
      isReliable: this.#error === undefined,
      signal,
      listener: this.#supply,
      onProgress: share => {
        this.#seekProgress = share;
        this.#emit();
      },
    });
    if (!signal.aborted) {
      this.#error = undefined;
      this.#dispatch('arrive');
      this.#run();
      // What showed the moment may not be all that playing on needs.
      this.#options.whenIdle(() => {
        if (!signal.aborted) {
          this.#cursor.complete();
        }
      });
    }
  }

  /** Plays from here on, if that is wanted. */
  #run(): void {
    if (this.#waiting) {
      this.#starve();
    } else if (this.#state === 'playing') {
      this.#options.screen.keepLines(true);
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
      this.#line
        .add(signal => this.#pump(signal))
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
    const { position, speed } = this.#clock;
    this.#cursor.prefetch(position + speed * PREFETCHED_TIME);
    const duration = this.#duration;
    if (this.#clock.position >= duration && this.#cursor.shown >= duration) {
      this.#arriveAtEnd();
    } else if (this.#skipIdle) {
      this.#jumpOverIdle();
    }
  }

  #arriveAtEnd(): void {
    if (this.#isLive) {
      this.#isFollowing = true;
    } else {
      this.#isFollowing = false;
      this.#dispatch('finish');
      this.#clock.stop();
    }
    this.#emit();
  }

  #jumpOverIdle(): void {
    const target = skipIdleTime(this.#clock.position, this.#idle, {
      from: this.#cursor.lastEventTime,
      to: this.#cursor.nextEventTime ?? this.#duration,
    });
    if (target !== undefined) {
      this.#clock.moveTo(target);
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

  #fail(error: Error): void {
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
      duration: this.#duration,
      speed: this.#clock.speed,
      skipIdle: this.#skipIdle,
      isLive: this.#isLive,
      isFollowing: this.#isLive && this.#isFollowing,
      size: this.#cursor.size,
      keystrokes: this.#cursor.keystrokes,
      seekProgress: this.#seekProgress,
      gaps: gapsOf(this.#options.tape, this.#chunks),
      error: this.#error,
    };
  }
}
