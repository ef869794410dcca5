import type { RecordingChunk } from 'backstage-plugin-kubernetes-audit-common';
import type { KeyframeIndex } from './keyframes';
import type { RecordingTape } from './RecordingTape';
import type { Screen } from './Screen';

/** What a player replays, where, and by whose time. */
export type PlayerControllerOptions = {
  chunks: readonly RecordingChunk[];
  /** Microseconds. */
  duration: number;
  tape: RecordingTape;
  screen: Screen;
  keyframes: KeyframeIndex;
  /** Whether the session still runs: `PlayerController.extend`. */
  isLive?: boolean;
  /** Milliseconds, never going back. */
  now: () => number;
  /** Calls back at the next frame; the result cancels. */
  schedule: (callback: () => void) => () => void;
  /** Calls back when there is nothing to do for the viewer, but soon. */
  whenIdle: (callback: () => void) => void;
};
