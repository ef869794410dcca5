import {
  nextState,
  PlayerEvent,
  PlayerState,
  wantsToPlay,
} from './playerStates';

const after = (state: PlayerState, ...events: PlayerEvent[]) =>
  events.reduce(nextState, state);

describe('the player', () => {
  it('plays on after a seek that began while it played', () => {
    expect(after('playing', 'seek', 'arrive')).toBe('playing');
    expect(after('paused', 'seek', 'arrive')).toBe('paused');
  });

  it('obeys play and pause in the middle of a seek', () => {
    expect(after('playing', 'seek', 'pause', 'arrive')).toBe('paused');
    expect(after('paused', 'seek', 'play', 'arrive')).toBe('playing');
  });

  it('stays paused when data arrives that it no longer waits for', () => {
    expect(after('playing', 'starve', 'pause', 'feed')).toBe('paused');
    expect(after('playing', 'starve', 'feed')).toBe('playing');
  });

  it('starts again from the end and after a failure', () => {
    expect(after('ended', 'play', 'arrive')).toBe('playing');
    expect(after('failed', 'play', 'arrive')).toBe('playing');
  });

  it('does not end while it is paused', () => {
    expect(after('paused', 'finish')).toBe('paused');
  });

  it('wants to play while it waits for data or seeks to play on', () => {
    const states: PlayerState[] = ['playing', 'buffering', 'seekingPlaying'];
    expect(states.every(wantsToPlay)).toBe(true);
    expect(wantsToPlay('seekingPaused')).toBe(false);
    expect(wantsToPlay('ended')).toBe(false);
  });
});
