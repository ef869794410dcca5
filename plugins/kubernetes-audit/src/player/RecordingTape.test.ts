import { buildFrame } from '../__testUtils__';
import { RecordingTape } from './RecordingTape';

const frame = (text: string) => buildFrame([[0, 'output', text]]);

describe('RecordingTape', () => {
  it('fetches a chunk once, even when two ask at the same time', async () => {
    const load = jest.fn(async () => frame('x'));
    const tape = RecordingTape.create({ load });
    const [first, second] = await Promise.all([tape.get(3), tape.get(3)]);
    expect(first).toBe(second);
    expect(await tape.get(3)).toBe(first);
    expect(load).toHaveBeenCalledTimes(1);
  });

  it('does not fetch what came with something else', async () => {
    const load = jest.fn(async () => frame('x'));
    const tape = RecordingTape.create({ load });
    tape.supply([{ index: 3, bytes: frame('y') }]);
    expect(tape.has(3)).toBe(true);
    expect((await tape.get(3)).events).toHaveLength(1);
    expect(load).not.toHaveBeenCalled();
  });

  it('shows a moment with a part of a chunk, and fetches it for more', async () => {
    const load = jest.fn(async () => frame('whole'));
    const tape = RecordingTape.create({ load });
    tape.supply([
      { index: 3, bytes: frame('x'), part: { event: 7, until: 5000 } },
      { index: 4, bytes: frame('y'), part: { event: 0 } },
    ]);
    expect(tape.peekUntil(3, 7, 5000.9)).toMatchObject({
      first: 7,
      isToEnd: false,
    });
    expect(tape.peekUntil(3, 7, 5001)).toBeUndefined();
    expect(tape.peekUntil(3, 6, 5000)).toBeUndefined();
    expect(tape.peekUntil(4, 0, Infinity)).toMatchObject({ isToEnd: true });
    expect(tape.has(3)).toBe(false);

    await tape.get(3);
    expect(load).toHaveBeenCalledTimes(1);
    expect(tape.peekUntil(3, 0, 9999)).toMatchObject({
      first: 0,
      isToEnd: true,
    });
  });

  it('forgets the part that came longest ago', () => {
    const tape = RecordingTape.create({ load: async () => frame('x') });
    for (let index = 0; index < 17; index++) {
      tape.supply([{ index, bytes: frame('x'), part: { event: 0 } }]);
    }
    expect(tape.peekUntil(0, 0, 0)).toBeUndefined();
    expect(tape.peekUntil(1, 0, 0)).toBeDefined();
  });

  it('asks again after a failure', async () => {
    const load = jest
      .fn<Promise<Uint8Array>, []>()
      .mockRejectedValueOnce(new Error('offline'))
      .mockResolvedValueOnce(frame('x'));
    const tape = RecordingTape.create({ load });
    tape.prefetch(0);
    await expect(tape.get(0)).rejects.toThrow('offline');
    expect((await tape.get(0)).events).toHaveLength(1);
  });

  it('forgets the chunk that was used longest ago when it holds too much', async () => {
    const size = frame('x').length;
    const load = jest.fn(async () => frame('x'));
    const tape = RecordingTape.create({ load, maxCachedBytes: 2 * size });
    await tape.get(0);
    await tape.get(1);
    tape.peek(0);
    await tape.get(2);
    expect(tape.peek(0)).toBeDefined();
    expect(tape.peek(1)).toBeUndefined();
    expect(tape.peek(2)).toBeDefined();
  });

  it('lists each damaged frame once, however often it is fetched', async () => {
    const damaged = frame('x');
    damaged[damaged.length - 1] ^= 1;
    const tape = RecordingTape.create({
      load: async () => damaged,
      maxCachedBytes: 1,
    });
    await tape.get(0);
    await tape.get(1);
    await tape.get(0);
    expect([...tape.gaps]).toEqual([
      [0, [{ from: 0, to: 0 }]],
      [1, [{ from: 0, to: 0 }]],
    ]);
  });

  it.each([
    ['cannot be read at all', async () => Uint8Array.of(1, 2, 3)],
    [
      'the portal has lost',
      async () => {
        throw new Error('lost');
      },
    ],
  ])('plays on past a chunk that %s', async (_title, load) => {
    const tape = RecordingTape.create({
      load,
      isLost: error => error instanceof Error && error.message === 'lost',
    });
    expect((await tape.get(4)).events).toEqual([]);
    expect([...tape.gaps.keys()]).toEqual([4]);
  });

  it('stops what it fetches when it is thrown away', async () => {
    const signals: AbortSignal[] = [];
    const tape = RecordingTape.create({
      load: async (_index, signal) => {
        signals.push(signal);
        return frame('x');
      },
    });
    await tape.get(0);
    tape.dispose();
    expect(signals[0].aborted).toBe(true);
  });
});
