import type { TerminalSize } from 'backstage-plugin-kubernetes-audit-common';
import type { Screen } from './Screen';

/** A moment from which the screen can be rebuilt without what came before. */
export type Keyframe = {
  /** Microseconds since the start: every earlier event is in it. */
  time: number;
  /** The first chunk that is to be replayed after it. */
  chunkIndex: number;
  restore(screen: Screen): Promise<void>;
};

/** Knows the keyframes of a recording. */
export interface KeyframeIndex {
  /** The latest one at or before the time. */
  before(time: number): Keyframe;
}

/** The one keyframe that every recording has: an empty screen at its start. */
export function startOnly(size: TerminalSize): KeyframeIndex {
  return {
    before: () => ({
      time: 0,
      chunkIndex: 0,
      restore: async screen => screen.reset(size),
    }),
  };
}
