import { KeyframeSchedule } from './KeyframeSchedule';

const KIB = 1024;

describe('KeyframeSchedule', () => {
  it('wants a keyframe after 32 KiB of output', () => {
    const schedule = KeyframeSchedule.create(0);
    schedule.addOutput(32 * KIB - 1);
    expect(schedule.isDue()).toBe(false);
    schedule.addOutput(1);
    expect(schedule.isDue()).toBe(true);
    schedule.attempted(100);
    expect(schedule.isDue()).toBe(false);
    expect(schedule.bytes).toBe(0);
  });

  it('wants one after eight times what the last one took', () => {
    const schedule = KeyframeSchedule.create(10 * KIB);
    schedule.addOutput(80 * KIB - 1);
    expect(schedule.isDue()).toBe(false);
    schedule.addOutput(1);
    expect(schedule.isDue()).toBe(true);
  });

  it('wants one after 32 frames, if they changed the screen at all', () => {
    const schedule = KeyframeSchedule.create(0);
    for (let i = 0; i < 32; i++) {
      schedule.addFrame();
    }
    expect(schedule.isDueAfterFrame()).toBe(false);
    schedule.addResize();
    expect(schedule.isDueAfterFrame()).toBe(true);
    expect(schedule.isDue()).toBe(false);
  });

  it('does not try again with each event where none can be written, but at the end of the frame', () => {
    const schedule = KeyframeSchedule.create(0);
    schedule.addOutput(40 * KIB);
    schedule.attempted(undefined);
    expect(schedule.isDue()).toBe(false);
    expect(schedule.isDueAfterFrame()).toBe(true);
    schedule.addOutput(8 * KIB);
    expect(schedule.isDue()).toBe(true);
    expect(schedule.bytes).toBe(48 * KIB);
  });
});
