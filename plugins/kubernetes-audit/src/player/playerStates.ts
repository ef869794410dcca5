/** How the player stands. */
export type PlayerState =
  | 'paused'
  | 'playing'
  /** Wants to play, waits for a chunk. */
  | 'buffering'
  /** Rebuilds the screen of a moment, then stands still there. */
  | 'seekingPaused'
  /** The same, then plays on. */
  | 'seekingPlaying'
  | 'ended'
  | 'failed';

/** What happens to the player. */
export type PlayerEvent =
  | 'play'
  | 'pause'
  | 'seek'
  /** The screen shows the moment that was sought. */
  | 'arrive'
  | 'starve'
  | 'feed'
  | 'finish'
  | 'fail';

/** What is not in the table does not happen: the state stays. */
const TRANSITIONS: Record<
  PlayerState,
  Partial<Record<PlayerEvent, PlayerState>>
> = {
  paused: { play: 'playing', seek: 'seekingPaused', fail: 'failed' },
  playing: {
    pause: 'paused',
    starve: 'buffering',
    seek: 'seekingPlaying',
    finish: 'ended',
    fail: 'failed',
  },
  buffering: {
    feed: 'playing',
    pause: 'paused',
    seek: 'seekingPlaying',
    fail: 'failed',
  },
  seekingPaused: { play: 'seekingPlaying', arrive: 'paused', fail: 'failed' },
  seekingPlaying: { pause: 'seekingPaused', arrive: 'playing', fail: 'failed' },
  // Playing again after the end begins with a seek to the start.
  ended: { play: 'seekingPlaying', seek: 'seekingPaused', fail: 'failed' },
  failed: { play: 'seekingPlaying', seek: 'seekingPaused' },
};

/** The state after an event. */
export function nextState(state: PlayerState, event: PlayerEvent): PlayerState {
  return TRANSITIONS[state][event] ?? state;
}

/** Whether the viewer has asked for motion: what the button pauses. */
export function wantsToPlay(state: PlayerState): boolean {
  return (
    state === 'playing' || state === 'buffering' || state === 'seekingPlaying'
  );
}

/** Whether the screen of a moment is being rebuilt. */
export function isSeeking(state: PlayerState): boolean {
  return state === 'seekingPaused' || state === 'seekingPlaying';
}
