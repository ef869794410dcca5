import type { MomentChunk } from 'backstage-plugin-kubernetes-audit-common';
import {
  buildChunks,
  buildFrame,
  EventSketch,
  FakeScreen,
} from '../__testUtils__';
import { KeyframeIndex, startOnly } from './keyframes';
import { PlayerController } from './PlayerController';
import { RecordingTape } from './RecordingTape';

const SECOND = 1_000_000;

const SESSION: EventSketch[][] = [
  [
    [0, 'header', '{}'],
    [0, 'resize', '100x30'],
    [1, 'output', 'a'],
    [2, 'output', 'b'],
  ],
  [
    [3, 'output', 'c'],
    [4, 'error', 'd'],
  ],
  [
    [50, 'output', 'e'],
    [60, 'exit', '{}'],
  ],
];

/** A player whose time, frames and network the test moves. */
function setUp(
  session = SESSION,
  options: {
    keyframes?: KeyframeIndex;
    isLive?: boolean;
    parts?: number;
    /** What the portal sent with a keyframe. */
    supplied?: MomentChunk[];
    whenIdle?: (callback: () => void) => void;
  } = {},
) {
  const { chunks, table } = buildChunks(session);
  const screen = new FakeScreen();
  let now = 0;
  let frame: (() => void) | undefined;
  const gate: { wait?: Promise<void>; error?: Error } = {};
  const loaded: number[] = [];
  const tape = RecordingTape.create({
    load: async index => {
      loaded.push(index);
      await gate.wait;
      if (gate.error) {
        throw gate.error;
      }
      return chunks[index];
    },
  });
  tape.supply(options.supplied ?? []);
  const player = PlayerController.create({
    chunks: table.slice(0, options.parts),
    duration: options.parts ? table[options.parts - 1].lastTime : 60 * SECOND,
    isLive: options.isLive,
    tape,
    screen,
    keyframes: options.keyframes ?? startOnly({ columns: 80, rows: 24 }),
    now: () => now,
    schedule: callback => {
      frame = callback;
      return () => {
        frame = undefined;
      };
    },
    whenIdle: options.whenIdle ?? (callback => callback()),
  });
  /** Lets everything happen that waits for nothing but promises. */
  const settle = async () => {
    for (let i = 0; i < 50; i++) {
      await Promise.resolve();
    }
  };
  /** Lets time pass, in frames. */
  const pass = async (milliseconds: number, step = 100) => {
    for (let passed = 0; passed < milliseconds; passed += step) {
      now += step;
      const callback = frame;
      frame = undefined;
      callback?.();
      await settle();
    }
  };
  return { player, screen, gate, loaded, table, settle, pass };
}

describe('PlayerController', () => {
  it('shows each output when its time has come', async () => {
    const { player, screen, pass } = setUp();
    player.play();
    await pass(1500);
    expect(screen.text).toBe('a');
    expect(screen.sizes).toContainEqual({ columns: 100, rows: 30 });
    await pass(3000);
    expect(screen.text).toBe('abcd');
    expect(player.snapshot.state).toBe('playing');
  });

  it('fetches no more than playing needs', async () => {
    const { player, loaded, settle, pass } = setUp();
    player.seek(0);
    await settle();
    expect(loaded).toEqual([0]);
    player.play();
    await pass(300);
    expect(loaded).toEqual([0, 1]);
  });

  it('resizes between the output before and after it', async () => {
    const { player, screen, settle } = setUp([
      [
        [0, 'output', 'wide'],
        [0, 'resize', '40x10'],
        [0, 'output', 'narrow'],
      ],
    ]);
    player.seek(0);
    await settle();
    expect(screen.history).toEqual(['wide', '40x10', 'narrow']);
  });

  it('stands still while it is paused', async () => {
    const { player, screen, pass } = setUp();
    player.play();
    await pass(1500);
    player.pause();
    await pass(5000);
    expect(screen.text).toBe('a');
    expect(player.snapshot.position).toBe(1.5 * SECOND);
  });

  it('plays faster and keeps its place when the speed changes', async () => {
    const { player, screen, pass } = setUp();
    player.setSpeed(4);
    player.play();
    await pass(1000);
    expect(screen.text).toBe('abcd');
    expect(player.snapshot).toMatchObject({ position: 4 * SECOND, speed: 4 });
  });

  it('ends at the end, and starts again from there', async () => {
    const { player, screen, settle, pass } = setUp();
    player.seek(59 * SECOND);
    player.play();
    await settle();
    await pass(1500);
    expect(player.snapshot).toMatchObject({
      state: 'ended',
      position: 60 * SECOND,
    });
    expect(screen.text).toBe('abcde');
    player.play();
    await settle();
    await pass(1200);
    expect(screen.text).toBe('a');
    expect(player.snapshot.state).toBe('playing');
  });

  it('starts again where somebody has sought the end', async () => {
    const { player, screen, settle, pass } = setUp();
    player.seek(99 * SECOND);
    await settle();
    expect(player.snapshot).toMatchObject({
      state: 'paused',
      position: 60 * SECOND,
    });
    player.play();
    await settle();
    await pass(1200);
    expect(screen.text).toBe('a');
    expect(player.snapshot.state).toBe('playing');
  });

  it('ends at once, and not for good, where nothing takes any time', async () => {
    const { player, settle, pass } = setUp([[[0, 'header', '{}']]], {
      parts: 1,
    });
    player.seek(0);
    await settle();
    for (let time = 0; time < 2; time++) {
      player.play();
      await settle();
      await pass(300);
      expect(player.snapshot).toMatchObject({ state: 'ended', position: 0 });
    }
  });

  it('rebuilds the screen when it seeks back, and goes on from it forward', async () => {
    const { player, screen, settle } = setUp();
    player.seek(4 * SECOND);
    await settle();
    expect(screen.text).toBe('abcd');
    const { resets } = screen;
    player.seek(55 * SECOND);
    await settle();
    expect(screen.text).toBe('abcde');
    expect(screen.resets).toBe(resets);
    player.seek(2 * SECOND);
    await settle();
    expect(screen.text).toBe('ab');
    expect(screen.resets).toBe(resets + 1);
    expect(player.snapshot.state).toBe('paused');
  });

  it('ends up where the last of many quick seeks points', async () => {
    const { player, screen, settle } = setUp();
    for (const second of [50, 3, 60, 1, 4, 2]) {
      player.seek(second * SECOND);
    }
    await settle();
    expect(screen.text).toBe('ab');
    expect(player.snapshot).toMatchObject({
      state: 'paused',
      position: 2 * SECOND,
    });
  });

  it('seeks no further than the recording goes', async () => {
    const { player, settle } = setUp();
    player.seek(-5 * SECOND);
    await settle();
    expect(player.snapshot.position).toBe(0);
    player.seek(99 * SECOND);
    await settle();
    expect(player.snapshot.position).toBe(60 * SECOND);
  });

  it('waits for a chunk with its clock stopped', async () => {
    const { player, screen, gate, settle, pass } = setUp();
    player.seek(0);
    await settle();
    let open = () => {};
    gate.wait = new Promise(resolve => {
      open = resolve;
    });
    player.play();
    await pass(4000);
    const { state, position } = player.snapshot;
    expect(state).toBe('buffering');
    expect(position).toBeLessThan(3.2 * SECOND);
    await pass(10_000);
    expect(player.snapshot.position).toBe(position);
    open();
    await settle();
    await pass(1500);
    expect(screen.text).toBe('abcd');
    expect(player.snapshot.state).toBe('playing');
  });

  it('does not run ahead when play is pressed again while it waits', async () => {
    const { player, gate, settle, pass } = setUp();
    gate.wait = new Promise(() => {});
    player.play();
    await pass(500);
    player.pause();
    player.play();
    await settle();
    await pass(5000);
    expect(player.snapshot.position).toBeLessThan(SECOND);
  });

  it('says why it failed, and recovers on play', async () => {
    const { player, screen, gate, settle, pass } = setUp();
    gate.error = new Error('offline');
    player.seek(4 * SECOND);
    await settle();
    expect(player.snapshot).toMatchObject({
      state: 'failed',
      error: new Error('offline'),
    });
    gate.error = undefined;
    player.play();
    await settle();
    await pass(100);
    expect(screen.text).toBe('abcd');
    expect(player.snapshot.error).toBeUndefined();
  });

  it('skips idle time up to just before the next output', async () => {
    const { player, screen, pass } = setUp();
    player.setSkipIdle(true);
    player.play();
    await pass(7000);
    expect(screen.text).toBe('abcde');
    expect(player.snapshot.position).toBeGreaterThan(50 * SECOND);
  });

  it('shows every output exactly once, wherever the frames fall', async () => {
    for (const step of [16, 333, 1000, 7000]) {
      const { player, screen, pass } = setUp();
      player.play();
      await pass(62_000, step);
      expect(screen.text).toBe('abcde');
    }
  });

  it('says nothing more once it is disposed', async () => {
    const { player, pass } = setUp();
    const listener = jest.fn();
    player.subscribe(listener);
    player.play();
    player.dispose();
    listener.mockClear();
    await pass(3000);
    expect(listener).not.toHaveBeenCalled();
  });

  it('steps from one change of the screen to the next, and back', async () => {
    const { player, screen, settle } = setUp();
    player.seek(0);
    await settle();
    const texts: string[] = [];
    for (const direction of [1, 1, 1, 1, 1, -1, -1, -1] as const) {
      player.step(direction);
      await settle();
      texts.push(screen.text);
    }
    expect(texts).toEqual([
      'a',
      'ab',
      'abc',
      'abcd',
      'abcde',
      'abcd',
      'abc',
      'ab',
    ]);
    expect(player.snapshot.state).toBe('paused');
  });

  it('knows the size of the terminal at each moment', async () => {
    const { player, settle } = setUp([
      [
        [0, 'output', 'a'],
        [2, 'resize', '132x43'],
      ],
    ]);
    player.seek(SECOND);
    await settle();
    expect(player.snapshot.size).toEqual({ columns: 80, rows: 24 });
    player.seek(3 * SECOND);
    await settle();
    expect(player.snapshot.size).toEqual({ columns: 132, rows: 43 });
    player.seek(SECOND);
    await settle();
    expect(player.snapshot.size).toEqual({ columns: 80, rows: 24 });
  });

  it('tells what was typed', async () => {
    const { player, settle } = setUp([
      [
        [1, 'input', 'ls\r'],
        [2, 'output', 'a'],
      ],
    ]);
    player.seek(3 * SECOND);
    await settle();
    expect(player.snapshot.keystrokes).toEqual([
      { time: SECOND, text: 'ls\r' },
    ]);
  });

  describe('with keyframes', () => {
    /** Megabytes before the end, so that a keyframe is worth its request. */
    const LONG: EventSketch[][] = [
      [[0, 'output', 'x'.repeat(2_000_000)]],
      [
        [30, 'output', 'c'],
        [40, 'output', 'd'],
        [50, 'output', 'e'],
      ],
    ];
    const index = () => ({
      start: { time: 0, size: { columns: 80, rows: 24 }, chunk: 0, event: 0 },
      before: jest.fn(async () => ({
        time: 40 * SECOND,
        size: { columns: 90, rows: 20 },
        chunk: 1,
        event: 2,
        payload: new TextEncoder().encode('[keyframe]'),
      })),
    });

    it('seeks far from the keyframe, without what lies before it', async () => {
      const keyframes = index();
      const { player, screen, loaded, settle } = setUp(LONG, { keyframes });
      player.seek(55 * SECOND);
      await settle();
      expect(screen.text).toBe('[keyframe]e');
      expect(screen.sizes).toEqual([{ columns: 90, rows: 20 }]);
      expect(loaded).toEqual([1]);
      expect(player.snapshot.size).toEqual({ columns: 90, rows: 20 });
    });

    it('keeps no lines above the screen of a keyframe before it plays on', async () => {
      const { player, screen, settle, pass } = setUp(LONG, {
        keyframes: index(),
      });
      player.seek(55 * SECOND);
      await settle();
      expect(screen.keepsLines).toBe(false);
      player.play();
      await pass(200);
      expect(screen.keepsLines).toBe(true);
      player.seek(0);
      await settle();
      expect(screen.keepsLines).toBe(true);
    });

    it('asks for none when little lies between', async () => {
      const keyframes = index();
      const { player, screen, settle } = setUp(LONG, { keyframes });
      player.seek(55 * SECOND);
      await settle();
      player.seek(58 * SECOND);
      await settle();
      expect(keyframes.before).toHaveBeenCalledTimes(1);
      expect(screen.resets).toBe(1);
    });

    it('fetches nothing beside the keyframe, which brings what follows it', async () => {
      const keyframes = index();
      keyframes.before.mockReturnValue(new Promise(() => {}));
      const { player, loaded, settle } = setUp(LONG, { keyframes });
      player.seek(55 * SECOND);
      await settle();
      expect(loaded).toEqual([]);
    });

    it('shows the moment with parts of chunks, and fetches them when idle to play on', async () => {
      const chunks: EventSketch[][] = [
        LONG[0],
        [
          [30, 'output', 'c'],
          [40, 'output', 'd'],
          [50, 'output', 'e'],
          [52, 'resize', '100x30'],
        ],
        [
          [54, 'output', 'f'],
          [55, 'output', 'g'],
          [58, 'output', 'h'],
        ],
      ];
      const idle: (() => void)[] = [];
      const { player, screen, loaded, settle, pass } = setUp(chunks, {
        keyframes: index(),
        supplied: [
          {
            index: 1,
            bytes: buildFrame(chunks[1].slice(2)),
            part: { event: 2 },
          },
          {
            index: 2,
            bytes: buildFrame(chunks[2].slice(0, 2)),
            part: { event: 0, until: 55 * SECOND },
          },
        ],
        whenIdle: callback => idle.push(callback),
      });
      player.seek(55.0000005 * SECOND);
      await settle();
      expect(screen.text).toBe('[keyframe]efg');
      expect(player.snapshot).toMatchObject({
        state: 'paused',
        size: { columns: 100, rows: 30 },
      });
      expect(loaded).toEqual([]);

      idle.forEach(callback => callback());
      await settle();
      expect(loaded).toEqual([2]);
      player.play();
      await pass(4000);
      expect(screen.text).toBe('[keyframe]efgh');
      expect(loaded).toEqual([2]);
    });

    it('fetches what a part does not hold when it plays on at once', async () => {
      const { player, screen, loaded, settle, pass } = setUp(LONG, {
        keyframes: index(),
        supplied: [
          {
            index: 1,
            bytes: buildFrame([[50, 'output', 'e']]).subarray(0, 0),
            part: { event: 2, until: 45 * SECOND },
          },
        ],
        whenIdle: () => {},
      });
      player.seek(45 * SECOND);
      player.play();
      await settle();
      expect(screen.text).toBe('[keyframe]');
      await pass(6000);
      expect(screen.text).toBe('[keyframe]e');
      expect(loaded).toEqual([1]);
    });

    it('does not wait for a keyframe that a newer seek replaces', async () => {
      const keyframes = index();
      keyframes.before.mockReturnValueOnce(new Promise(() => {}));
      const { player, screen, settle } = setUp(LONG, { keyframes });
      player.seek(55 * SECOND);
      await settle();
      player.seek(45 * SECOND);
      await settle();
      expect(screen.text).toBe('[keyframe]');
      expect(player.snapshot.position).toBe(45 * SECOND);
    });
  });

  describe('of a running session', () => {
    const live = () => setUp(SESSION, { isLive: true, parts: 1 });

    it('shows what arrives as soon as it is there', async () => {
      const { player, screen, table, settle, pass } = live();
      player.follow();
      await settle();
      expect(screen.text).toBe('ab');
      expect(player.snapshot).toMatchObject({
        isLive: true,
        isFollowing: true,
        state: 'playing',
      });
      await pass(10_000);
      player.extend({
        chunks: table.slice(0, 2),
        duration: table[1].lastTime,
        isLive: true,
      });
      await pass(200);
      expect(screen.text).toBe('abcd');
      expect(player.snapshot.position).toBe(4 * SECOND);
    });

    it('stays where the viewer has gone back to, until they jump to live', async () => {
      const { player, screen, table, settle, pass } = live();
      player.follow();
      await settle();
      player.pause();
      player.seek(SECOND);
      await settle();
      player.extend({
        chunks: table.slice(0, 2),
        duration: table[1].lastTime,
        isLive: true,
      });
      await pass(1000);
      expect(screen.text).toBe('a');
      expect(player.snapshot).toMatchObject({
        isFollowing: false,
        duration: 4 * SECOND,
      });
      player.follow();
      await settle();
      expect(screen.text).toBe('abcd');
    });

    it('follows again when playing has caught up', async () => {
      const { player, pass } = live();
      player.play();
      await pass(3000);
      expect(player.snapshot).toMatchObject({
        isFollowing: true,
        state: 'playing',
      });
    });

    it('ends when the session has', async () => {
      const { player, screen, table, settle, pass } = live();
      player.follow();
      await settle();
      player.extend({
        chunks: table,
        duration: 60 * SECOND,
        isLive: false,
      });
      await pass(300);
      expect(screen.text).toBe('abcde');
      expect(player.snapshot).toMatchObject({
        state: 'ended',
        isFollowing: false,
      });
    });
  });

  it('skips idle time whose end has not been fetched', async () => {
    const { player, pass } = setUp();
    player.setIdle([{ from: 4 * SECOND, to: 50 * SECOND }]);
    player.setSkipIdle(true);
    player.play();
    await pass(6000);
    expect(player.snapshot.position).toBeGreaterThan(50 * SECOND);
  });
});
