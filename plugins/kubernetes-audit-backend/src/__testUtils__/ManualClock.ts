import { EventEmitter, once } from 'node:events';
import type { Clock } from '../Clock';

/** A clock that stands still but when it is moved. */
export class ManualClock implements Clock {
  #now: number;
  readonly #events = new EventEmitter();
  #sleepers = 0;

  constructor(now: number = Date.UTC(2026, 10, 22)) {
    this.#now = now;
  }

  now(): number {
    return this.#now;
  }

  async sleep(milliseconds: number, signal: AbortSignal): Promise<void> {
    const end = this.#now + milliseconds;
    this.#sleepers++;
    this.#events.emit('sleep');
    while (this.#now < end && !signal.aborted) {
      await once(this.#events, 'move', { signal }).catch(() => {});
    }
    this.#sleepers--;
    this.#events.emit('wake');
  }

  /** Resolves when somebody sleeps. */
  async untilAsleep(): Promise<void> {
    while (this.#sleepers === 0) {
      await once(this.#events, 'sleep');
    }
  }

  /** Resolves when nobody sleeps. */
  async untilAwake(): Promise<void> {
    while (this.#sleepers > 0) {
      await once(this.#events, 'wake');
    }
  }

  /** Moves on and wakes who has slept enough. */
  async move(milliseconds: number): Promise<void> {
    this.#now += milliseconds;
    this.#events.emit('move');
    await new Promise(resolve => setImmediate(resolve));
  }
}
