import { setTimeout } from 'node:timers/promises';

/** The time, which tests turn by hand. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;

  /** Resolves after so many milliseconds, or at once when the signal aborts. */
  sleep(milliseconds: number, signal: AbortSignal): Promise<void>;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  sleep: async (milliseconds, signal) => {
    try {
      await setTimeout(milliseconds, undefined, { signal });
    } catch {
      // Aborted: the sleep is over.
    }
  },
};
