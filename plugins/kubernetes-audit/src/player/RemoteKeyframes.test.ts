import type { MomentKeyframe } from 'backstage-plugin-kubernetes-audit-common';
import { startKeyframe } from './keyframes';
import { RemoteKeyframes } from './RemoteKeyframes';

const keyframe = (time: number): MomentKeyframe => ({
  time,
  columns: 80,
  rows: 24,
  chunk: 1,
  event: 2,
  payload: new TextEncoder().encode('\x1b[H→'),
});

function setUp(
  load: (time: number) => Promise<MomentKeyframe | undefined>,
  known?: { time: number; keyframe: MomentKeyframe },
) {
  let now = 0;
  const loader = jest.fn(load);
  const start = startKeyframe({ columns: 10, rows: 5 });
  const keyframes = RemoteKeyframes.create({
    start,
    load: loader,
    known,
    now: () => now,
  });
  return {
    keyframes,
    loader,
    start,
    pass: (milliseconds: number) => {
      now += milliseconds;
    },
  };
}

describe('RemoteKeyframes', () => {
  it('gives the bytes that draw the screen, and where playback goes on', async () => {
    const { keyframes } = setUp(async () => keyframe(100));
    const found = await keyframes.before(150);
    expect(found).toMatchObject({
      time: 100,
      chunk: 1,
      event: 2,
      size: { columns: 80, rows: 24 },
    });
    expect(new TextDecoder().decode(found.payload)).toBe('\x1b[H→');
  });

  it('asks once for all times that have the same answer', async () => {
    const { keyframes, loader } = setUp(async () => keyframe(100));
    await keyframes.before(500);
    await keyframes.before(100);
    await keyframes.before(499.5);
    expect(loader).toHaveBeenCalledTimes(1);
    await keyframes.before(501);
    await keyframes.before(501);
    expect(loader).toHaveBeenCalledTimes(2);
  });

  it('asks once when two ask at the same time', async () => {
    const { keyframes, loader } = setUp(async () => keyframe(100));
    await Promise.all([keyframes.before(500), keyframes.before(500)]);
    expect(loader).toHaveBeenCalledTimes(1);
  });

  it('falls back to the start where there is none, and asks again later', async () => {
    const { keyframes, loader, start, pass } = setUp(async () => {
      throw new Error('not indexed');
    });
    expect(await keyframes.before(500)).toBe(start);
    expect(await keyframes.before(400)).toBe(start);
    expect(loader).toHaveBeenCalledTimes(1);
    loader.mockImplementation(async () => keyframe(300));
    pass(60_000);
    expect((await keyframes.before(400)).time).toBe(300);
  });

  it('takes the start for all times that have no keyframe before them', async () => {
    const { keyframes, loader, start } = setUp(async () => undefined);
    expect(await keyframes.before(500)).toBe(start);
    expect(await keyframes.before(400)).toBe(start);
    expect(loader).toHaveBeenCalledTimes(1);
  });

  it('does not ask for what was known from the beginning', async () => {
    const { keyframes, loader } = setUp(async () => undefined, {
      time: 500,
      keyframe: keyframe(100),
    });
    expect((await keyframes.before(300)).time).toBe(100);
    expect(loader).not.toHaveBeenCalled();
  });

  it('lets no keyframe ask for a terminal that takes all memory', async () => {
    const { keyframes } = setUp(async () => ({
      ...keyframe(100),
      columns: 65535,
      rows: 65535,
    }));
    expect((await keyframes.before(500)).size).toEqual({
      columns: 1000,
      rows: 500,
    });
  });

  it('forgets what was asked for longest ago', async () => {
    const { keyframes, loader } = setUp(async time => keyframe(time));
    for (let time = 0; time < 60; time++) {
      await keyframes.before(time);
    }
    expect(loader).toHaveBeenCalledTimes(60);
    await keyframes.before(59);
    expect(loader).toHaveBeenCalledTimes(60);
    await keyframes.before(0);
    expect(loader).toHaveBeenCalledTimes(61);
  });
});
