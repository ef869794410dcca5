import {
  decodeFrames,
  encodeKeyframe,
  Recording,
  RecordingText,
  Sidecar,
} from 'backstage-plugin-kubernetes-audit-common';
import {
  frameOf,
  recordingEvent,
  recordingHeader,
} from '../../__testUtils__/recordingChunk';
import { EMPTY_SIDECAR } from '../indexing/PartBuilder';
import type { StoredChunk } from '../RecordingStore';
import { RecordingReplay } from './RecordingReplay';

const recording: Recording = {
  ...recordingHeader(),
  number: 1,
  agentId: 'demo-proxy',
  status: 'complete',
  sizeBytes: 1,
};
const KEYFRAME = encodeKeyframe({
  columns: 80,
  rows: 24,
  time: 2900,
  payload: Buffer.from('screen'),
});
const chunksOf = (sizeBytes: number): StoredChunk[] =>
  Array.from({ length: 8 }, (_, index) => ({
    index,
    firstTime: index * 1000,
    lastTime: index * 1000 + 900,
    sizeBytes,
    checksum: '',
    blobKey: '',
  }));
/** With one keyframe, at the end of chunk 2 unless it is said otherwise. */
async function momentAt(
  time: number,
  options: {
    position?: { chunk: number; event: number };
    chunkBytes?: number;
    readChunk?: (chunk: StoredChunk) => Promise<Uint8Array>;
  } = {},
) {
  const replay = await RecordingReplay.open({
    recording,
    chunks: chunksOf(options.chunkBytes ?? 1000),
    sidecars: {
      latest: async () => ({
        ...EMPTY_SIDECAR,
        chunkCount: 8,
        parts: [{ from: 0, to: 8 }],
        keyframes: [
          {
            part: 0,
            time: 2900,
            ...(options.position ?? { chunk: 3, event: 0 }),
            offset: 0,
            bytes: KEYFRAME.length,
          },
        ],
      }),
      keyframes: async () => KEYFRAME,
      part: async () => {
        throw new Error('its text is not needed');
      },
    },
    readEvents: async () => [],
    readChunk: options.readChunk ?? (async ({ index }) => Uint8Array.of(index)),
  });
  return replay.moment(time);
}

describe('RecordingReplay', () => {
  it('gives a keyframe and the chunks from there to the moment', async () => {
    const { keyframe, chunks } = await momentAt(4500);
    // The keyframe is the end of chunk 2, which is not needed again.
    expect(keyframe).toMatchObject({
      time: 2900,
      columns: 80,
      rows: 24,
      chunk: 3,
      event: 0,
    });
    expect(Buffer.from(keyframe?.payload ?? []).toString()).toBe('screen');
    expect(chunks).toEqual([
      { index: 3, bytes: Uint8Array.of(3) },
      { index: 4, bytes: Uint8Array.of(4) },
    ]);
    expect((await momentAt(2950)).chunks).toEqual([]);
  });

  it('goes on in the chunk of a keyframe that is not at its end', async () => {
    const { keyframe, chunks } = await momentAt(3000, {
      position: { chunk: 2, event: 5 },
    });
    expect(keyframe).toMatchObject({ chunk: 2, event: 5 });
    expect(chunks.map(({ index }) => index)).toEqual([2, 3]);
  });

  it('leaves out what was before the keyframe, and what comes after the moment', async () => {
    const filler = 'x'.repeat(40_000);
    const { chunks } = await momentAt(4100, {
      position: { chunk: 2, event: 1 },
      readChunk: async ({ index, firstTime, lastTime }) =>
        frameOf(
          index,
          [
            recordingEvent('output', firstTime, filler),
            recordingEvent('output', lastTime, filler),
          ],
          'none',
        ),
    });

    expect(chunks.map(({ index, part }) => ({ index, part }))).toEqual([
      { index: 2, part: { event: 1 } },
      { index: 3, part: undefined },
      { index: 4, part: { event: 0, until: 4100 } },
    ]);
    expect(
      chunks.map(({ bytes }) => decodeFrames(bytes)[0].header.eventCount),
    ).toEqual([1, 2, 1]);
  });

  it('begins at the start before the first keyframe', async () => {
    const { keyframe, chunks } = await momentAt(2899);
    expect(keyframe).toBeUndefined();
    expect(chunks.map(({ index }) => index)).toEqual([0, 1, 2]);
  });

  it('ends before a chunk that cannot be read', async () => {
    const { chunks } = await momentAt(9999, {
      readChunk: async ({ index }) => {
        if (index === 5) {
          throw new Error('lost');
        }
        return Uint8Array.of(index);
      },
    });
    expect(chunks.map(({ index }) => index)).toEqual([3, 4]);
  });

  it('gives no more than one answer holds', async () => {
    const { chunks } = await momentAt(9999, { chunkBytes: 3_000_000 });
    expect(chunks.map(({ index }) => index)).toEqual([3]);
  });
});

describe('the text of a recording', () => {
  const PARTS = [
    // All of one moment, as a command prints them.
    ['one', 'two', 'Three'].map(text => ({ time: 1000, text })),
    [],
    [{ time: 5000, text: 'four' }],
  ];
  async function replayOf(
    sidecar: Partial<Sidecar> = { isComplete: true },
  ): Promise<RecordingReplay> {
    const parts = PARTS.map((_, at) => ({ from: at, to: at + 1 }));
    return RecordingReplay.open({
      recording,
      chunks: chunksOf(1000),
      sidecars: {
        latest: async () => ({ ...EMPTY_SIDECAR, parts, ...sidecar }),
        keyframes: async () => KEYFRAME,
        part: async (_id, range) => ({
          content: { chunks: range, keyframes: [], text: PARTS[range.from] },
          keyframes: new Uint8Array(),
        }),
      },
      readEvents: async () => [],
      readChunk: async () => new Uint8Array(),
    });
  }
  const textsOf = ({ items }: RecordingText) => items.map(({ text }) => text);

  it.each([1, 2, 3, 4])(
    'comes in pages of %i without a line twice or left out',
    async limit => {
      const replay = await replayOf();
      const texts: string[] = [];
      let page = await replay.text({ limit });
      texts.push(...textsOf(page));
      while (page.nextCursor) {
        expect(page.isTruncated).toBe(true);
        page = await replay.text({ limit, cursor: page.nextCursor });
        texts.push(...textsOf(page));
      }
      expect(page.isTruncated).toBe(false);
      expect(texts).toEqual(['one', 'two', 'Three', 'four']);
    },
  );

  it('is searched in any case, page by page', async () => {
    const replay = await replayOf();
    const first = await replay.text({ search: 'T', limit: 1 });
    expect(textsOf(first)).toEqual(['two']);
    expect(first.nextCursor).toBe('0.2');
    const second = await replay.text({
      search: 'T',
      limit: 1,
      cursor: first.nextCursor,
    });
    expect(textsOf(second)).toEqual(['Three']);
    expect(second.nextCursor).toBeUndefined();
  });

  it('says where it goes on while it is looked through', async () => {
    const growing = await replayOf({
      isComplete: false,
      parts: [{ from: 0, to: 1 }],
    });
    const known = await growing.text({ limit: 10 });
    expect(textsOf(known)).toEqual(['one', 'two', 'Three']);
    expect(known.isTruncated).toBe(false);
    // Nothing has come since.
    expect(await growing.text({ limit: 10, cursor: known.nextCursor })).toEqual(
      { items: [], isTruncated: false, nextCursor: known.nextCursor },
    );
    const whole = await replayOf();
    const rest = await whole.text({ limit: 10, cursor: known.nextCursor });
    expect(textsOf(rest)).toEqual(['four']);
    expect(rest.nextCursor).toBeUndefined();
  });

  it('ends where the looking through was given up', async () => {
    const replay = await replayOf({
      isComplete: false,
      failure: { code: 'timeout', message: 'too long', chunk: 3 },
    });
    expect((await replay.text({ limit: 10 })).nextCursor).toBeUndefined();
  });

  it.each(['', 'x', '1', '-1.0', '1.2.3', '1e9.0'])(
    'begins at no cursor like %j',
    async cursor => {
      const replay = await replayOf();
      await expect(replay.text({ limit: 1, cursor })).rejects.toThrow(
        'The cursor is malformed',
      );
    },
  );
});
