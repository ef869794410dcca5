import type { TerminalSize } from 'backstage-plugin-kubernetes-audit-common';

/** A moment from which the screen can be rebuilt without what came before. */
export type Keyframe = {
  /** Microseconds since the start: every earlier event is in it. */
  time: number;
  size: TerminalSize;
  /** The chunk, by its number, and its event with which playback goes on. */
  chunk: number;
  event: number;
  /** What draws the screen, for a terminal that was just reset; absent is empty. */
  payload?: Uint8Array;
};

/** Knows the keyframes of a recording. */
export interface KeyframeIndex {
  /** The one that every recording has: an empty screen at its start. */
  readonly start: Keyframe;
  /** The latest known one at or before the time; never fails. */
  before(time: number): Promise<Keyframe>;
}

/** The keyframe at the start. */
export function startKeyframe(size: TerminalSize): Keyframe {
  return { time: 0, size, chunk: 0, event: 0 };
}

/** An index without any other keyframe. */
export function startOnly(size: TerminalSize): KeyframeIndex {
  const start = startKeyframe(size);
  return { start, before: async () => start };
}
