import { skipIdleTime } from './idleTime';

const SECOND = 1_000_000;
const nothing = { from: 0, to: 0 };

describe('skipIdleTime', () => {
  it('goes to shortly before the end of the idle time', () => {
    const idle = [{ from: 2 * SECOND, to: 60 * SECOND }];
    expect(skipIdleTime(10 * SECOND, idle, nothing)).toBe(59.75 * SECOND);
  });

  it('knows of idle time between the events that are here', () => {
    const around = { from: 0, to: 9 * SECOND };
    expect(skipIdleTime(4 * SECOND, [], around)).toBe(8.75 * SECOND);
  });

  it.each([
    ['that has just begun', 2.5],
    ['that is just over', 59.9],
    ['that is elsewhere', 70],
  ])('leaves idle time alone %s', (_title, seconds) => {
    const idle = [{ from: 2 * SECOND, to: 60 * SECOND }];
    expect(skipIdleTime(seconds * SECOND, idle, nothing)).toBeUndefined();
  });
});
