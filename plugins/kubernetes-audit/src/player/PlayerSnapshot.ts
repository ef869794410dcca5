import type { TerminalSize } from 'backstage-plugin-kubernetes-audit-common';
import type { PlayerState } from './playerStates';
import type { Keystroke } from './ReplayCursor';

/** A part of a recording, in microseconds. */
export type TimeSpan = { from: number; to: number };

/** What the controls show. Times in microseconds since the recording's start. */
export type PlayerSnapshot = {
  state: PlayerState;
  position: number;
  duration: number;
  speed: number;
  skipIdle: boolean;
  /** Whether the session still runs. */
  isLive: boolean;
  /** Whether what the session shows next is shown at once. */
  isFollowing: boolean;
  /** Of the terminal at this moment. */
  size: TerminalSize;
  /** What was typed last. */
  keystrokes: readonly Keystroke[];
  /** How far a seek has come, from 0 to 1. */
  seekProgress: number;
  /** What was met so far that could not be read. */
  gaps: readonly TimeSpan[];
  error?: Error;
};
