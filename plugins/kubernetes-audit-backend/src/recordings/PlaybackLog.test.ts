import { PlaybackLog } from './PlaybackLog';

const MINUTE = 60_000;

describe('PlaybackLog', () => {
  it('lets a playback go on while it is used and end when it rests', () => {
    let now = 0;
    const log = PlaybackLog.create({ now: () => now });
    expect(log.isRunning('user:default/a', 'R')).toBe(false);
    log.touch('user:default/a', 'R');
    now += 14 * MINUTE;
    expect(log.isRunning('user:default/a', 'r')).toBe(true);
    log.touch('user:default/a', 'r');
    now += 14 * MINUTE;
    expect(log.isRunning('user:default/a', 'R')).toBe(true);
    now += MINUTE;
    expect(log.isRunning('user:default/a', 'R')).toBe(false);
  });

  it('is per user and recording', () => {
    const log = PlaybackLog.create({ now: () => 0 });
    log.touch('user:default/a', 'r');
    expect(log.isRunning('user:default/b', 'r')).toBe(false);
    expect(log.isRunning('user:default/a', 's')).toBe(false);
  });

  it('forgets the one that rests longest when there are too many', () => {
    const log = PlaybackLog.create({ now: () => 0 });
    for (let i = 0; i < 10_000; i++) {
      log.touch('user:default/a', `r${i}`);
    }
    log.touch('user:default/a', 'r0');
    log.touch('user:default/a', 'new');
    expect(log.isRunning('user:default/a', 'r0')).toBe(true);
    expect(log.isRunning('user:default/a', 'r1')).toBe(false);
    expect(log.isRunning('user:default/a', 'new')).toBe(true);
  });
});
