import { PlaybackClock } from './PlaybackClock';

const SECOND = 1_000_000;

describe('PlaybackClock', () => {
  let now = 0;
  let clock: PlaybackClock;

  beforeEach(() => {
    now = 1000;
    clock = PlaybackClock.create({ now: () => now, end: 60 * SECOND });
  });

  it('stands still until it is started, and after it is stopped', () => {
    now += 5000;
    expect(clock.position).toBe(0);
    clock.start();
    now += 2000;
    clock.stop();
    now += 5000;
    expect(clock.position).toBe(2 * SECOND);
  });

  it('keeps its position when the speed changes while it runs', () => {
    clock.start();
    now += 2000;
    clock.setSpeed(4);
    expect(clock.position).toBe(2 * SECOND);
    now += 1000;
    expect(clock.position).toBe(6 * SECOND);
  });

  it('runs on from where it is moved', () => {
    clock.start();
    now += 2000;
    clock.moveTo(30 * SECOND);
    now += 1000;
    expect(clock.position).toBe(31 * SECOND);
  });

  it('neither starts before the beginning nor passes the end', () => {
    clock.moveTo(-SECOND);
    expect(clock.position).toBe(0);
    clock.start();
    now += 3_600_000;
    expect(clock.position).toBe(60 * SECOND);
  });

  it('is not set back by a second start', () => {
    clock.start();
    now += 2000;
    clock.start();
    now += 1000;
    expect(clock.position).toBe(3 * SECOND);
  });
});
