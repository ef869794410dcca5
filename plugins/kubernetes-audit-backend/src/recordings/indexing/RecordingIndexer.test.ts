import {
  decodeKeyframe,
  RecordingEvent,
  Sidecar,
} from 'backstage-plugin-kubernetes-audit-common';
import {
  headerEvent,
  recordingEvent,
  recordingHeader,
} from '../../__testUtils__/recordingChunk';
import { differences } from './__testUtils__/readCells';
import { readFixture } from './__testUtils__/readFixture';
import {
  recordingEvents,
  StoredRecording,
} from './__testUtils__/StoredRecording';
import { IndexingThread } from './IndexingThread';
import { parseSize } from './parseTerminalEvents';
import { RecordingIndexer } from './RecordingIndexer';
import { ReplayTerminal } from './screen';
import { SidecarStore } from './SidecarStore';

const SECOND = 1_000_000;

describe('RecordingIndexer', () => {
  const logger = { warn: jest.fn() };
  let thread: IndexingThread;

  beforeAll(() => {
    thread = IndexingThread.create();
  });
  afterAll(() => thread.stop());
  beforeEach(() => logger.warn.mockClear());

  const indexerOf = (recording: StoredRecording) =>
    RecordingIndexer.create({
      store: recording,
      blobs: recording.blobs,
      logger,
      thread,
    });

  async function readSidecar(recording: StoredRecording): Promise<Sidecar> {
    const sidecar = await SidecarStore.create(recording.blobs).read(
      recording.id,
    );
    if (!sidecar) {
      throw new Error('no sidecar');
    }
    return sidecar.content;
  }

  /** A real recording, in frames of so many events. */
  function storeFixture(name: string, eventsPerFrame: number) {
    const events = recordingEvents(readFixture(name));
    const frames: RecordingEvent[][] = [];
    for (let at = 0; at < events.length; at += eventsPerFrame) {
      frames.push(events.slice(at, at + eventsPerFrame));
    }
    return { events, frames };
  }

  function storeAll(frames: readonly RecordingEvent[][]): StoredRecording {
    const recording = StoredRecording.create();
    frames.forEach(frame => recording.add(frame));
    recording.isComplete = true;
    return recording;
  }

  /** Holds each keyframe against the screen that its events lead to. */
  async function expectFaithful(
    recording: StoredRecording,
    frames: readonly RecordingEvent[][],
    sidecar: Sidecar,
  ) {
    const store = SidecarStore.create(recording.blobs);
    for (const entry of sidecar.keyframes) {
      const keyframe = decodeKeyframe(
        await store.readKeyframe(recording.id, sidecar, entry),
      );
      const restored = ReplayTerminal.create({ size: keyframe, tty: true });
      await restored.write(keyframe.payload);
      const replayed = ReplayTerminal.create({
        size: { columns: 80, rows: 24 },
        tty: true,
      });
      const seen = frames.flatMap((frame, chunk) =>
        chunk < entry.chunk
          ? frame
          : frame.slice(0, chunk === entry.chunk ? entry.event : 0),
      );
      for (const { type, data } of seen) {
        const size = type === 'resize' ? parseSize(data) : undefined;
        if (size) {
          replayed.resize(size);
        } else if (type === 'output') {
          await replayed.write(data);
        }
      }
      expect(differences(replayed.emulator, restored.emulator)).toEqual([]);
      expect(entry.time).toBe(seen[seen.length - 1].time);
    }
  }

  it('stores keyframes that show the screen of their moment', async () => {
    const { frames } = storeFixture('vim', 2);
    const recording = storeAll(frames);
    expect(await indexerOf(recording).index(recording.id)).toBe('final');
    const sidecar = await readSidecar(recording);
    expect(sidecar.keyframes.length).toBeGreaterThan(3);
    await expectFaithful(recording, frames, sidecar);
  });

  it('stores keyframes within a large frame, too', async () => {
    const line = (i: number) =>
      `\x1b[3${i % 8}mline ${i}\x1b[0m of the output\r\n`;
    const frames = [
      [
        headerEvent(recordingHeader()),
        ...Array.from({ length: 400 }, (_, i) =>
          recordingEvent('output', i * 1000, line(i).repeat(20)),
        ),
      ],
      [recordingEvent('output', SECOND, 'the end')],
    ];
    const recording = storeAll(frames);
    await indexerOf(recording).index(recording.id);
    const sidecar = await readSidecar(recording);
    const within = sidecar.keyframes.filter(
      ({ chunk, event }) => chunk === 0 && event > 0,
    );
    expect(within.length).toBeGreaterThan(5);
    await expectFaithful(recording, frames, sidecar);
  });

  it('goes on with the next chunk after a keyframe at the end of one', async () => {
    const frames = [
      [
        headerEvent(recordingHeader()),
        recordingEvent('output', 1, 'x'.repeat(100_000)),
      ],
      [recordingEvent('output', SECOND, 'the end')],
    ];
    const recording = storeAll(frames);
    await indexerOf(recording).index(recording.id);
    const { keyframes } = await readSidecar(recording);
    expect(keyframes).toMatchObject([
      { time: 1, chunk: 1, event: 0 },
      { time: SECOND, chunk: 2, event: 0 },
    ]);
  });

  it('takes the place of what an earlier generation made', async () => {
    const { frames } = storeFixture('shell', 50);
    const recording = storeAll(frames);
    const earlier = `recordings/${recording.id}/sidecar-1/`;
    recording.blobs.blobs.set(`${earlier}final`, Buffer.from('old'));
    recording.blobs.blobs.set(`${earlier}part-0-1`, Buffer.from('old'));
    await indexerOf(recording).index(recording.id);
    expect(
      [...recording.blobs.blobs.keys()].filter(key => key.startsWith(earlier)),
    ).toEqual([]);
  });

  it('tells frames, activity, idle spans and markers', async () => {
    const recording = StoredRecording.create();
    recording.begin('first\r\n');
    recording.add([
      recordingEvent('output', 5 * SECOND, 'second\r\n'),
      recordingEvent('marker', 6 * SECOND, 'look here'),
      recordingEvent('error', 6 * SECOND, 'third'),
      recordingEvent('exit', 20 * SECOND, '{"exitCode":0}'),
    ]);
    recording.isComplete = true;
    await indexerOf(recording).index(recording.id);
    const sidecar = await readSidecar(recording);
    expect(sidecar).toMatchObject({
      chunkCount: 2,
      isComplete: true,
      lastTime: 20 * SECOND,
      outputBytes: 20,
      damagedFrames: 0,
      frames: [
        { chunk: 0, sequence: 0, offset: 0, firstTime: 0, outputBytes: 7 },
        { chunk: 1, sequence: 1, lastTime: 20 * SECOND, outputBytes: 20 },
      ],
      idle: [
        { from: 1000, to: 5 * SECOND },
        { from: 6 * SECOND, to: 20 * SECOND },
      ],
      markers: [{ time: 6 * SECOND, text: 'look here' }],
    });
    expect(sidecar.failure).toBeUndefined();
    const { bucketMicroseconds, buckets } = sidecar.activity;
    const bytesAt = (time: number) =>
      buckets[Math.floor(time / bucketMicroseconds)];
    expect([bytesAt(0), bytesAt(5 * SECOND), bytesAt(6 * SECOND)]).toEqual([
      7, 8, 5,
    ]);
  });

  it('collects what could be read, with its times, once', async () => {
    const recording = StoredRecording.create();
    recording.begin('$ lx\x1b[D\x1b[Ks\r\n\x1b[1;34mfolder\x1b[0m  文件\r\n$ ');
    recording.add([
      recordingEvent(
        'output',
        3 * SECOND,
        `${'wrapped '.repeat(12)}\r\n\x1b[?1049h\x1b[2;5Hfull screen`,
      ),
    ]);
    recording.add([recordingEvent('output', 6 * SECOND, '\x1b[4;5Hnew row')]);
    recording.add([
      recordingEvent('output', 7 * SECOND, '\x1b[?1049l\rprompt'),
    ]);
    recording.isComplete = true;
    await indexerOf(recording).index(recording.id);
    const sidecar = await readSidecar(recording);
    const part = await SidecarStore.create(recording.blobs).readPart(
      recording.id,
      sidecar.parts[0],
    );
    expect(part.content.text).toEqual([
      { time: 1000, text: '$ ls' },
      { time: 1000, text: 'folder  文件' },
      { time: 3 * SECOND, text: `$ ${'wrapped '.repeat(12).trimEnd()}` },
      { time: 3 * SECOND, text: '    full screen' },
      { time: 6 * SECOND, text: '    new row' },
      { time: 7 * SECOND, text: 'prompt' },
    ]);
  });

  it('makes the same sidecar at once, while it grows and after a restart', async () => {
    const { frames } = storeFixture('shell', 1);
    expect(frames.length).toBeGreaterThan(256);
    const atOnce = storeAll(frames);
    await indexerOf(atOnce).index(atOnce.id);

    const growing = StoredRecording.create();
    const results = new Set<string>();
    for (const frame of frames) {
      growing.add(frame);
      if (growing.chunks.length % 50 === 0) {
        // A new indexer knows nothing of what the one before it did.
        results.add(await indexerOf(growing).index(growing.id));
      }
    }
    expect([...results]).toEqual(['partial']);
    growing.isComplete = true;
    expect(await indexerOf(growing).index(growing.id)).toBe('final');
    expect(await readSidecar(growing)).toEqual(await readSidecar(atOnce));
    expect(growing.blobs.blobs).toEqual(atOnce.blobs.blobs);
    const names = [...growing.blobs.blobs.keys()];
    expect(names.filter(name => name.includes('partial'))).toEqual([]);
  });

  it('makes again what a disk has damaged', async () => {
    const { frames } = storeFixture('shell', 2);
    const whole = storeAll(frames);
    await indexerOf(whole).index(whole.id);
    const growing = storeAll(frames);
    growing.isComplete = false;
    await indexerOf(growing).index(growing.id);
    const key = `recordings/${growing.id}/sidecar-3/partial/128`;
    expect(growing.blobs.blobs.get(key)).toBeDefined();
    growing.blobs.blobs.set(key, Buffer.from('damaged'));
    growing.isComplete = true;
    await indexerOf(growing).index(growing.id);
    expect(await readSidecar(growing)).toEqual(await readSidecar(whole));

    const final = `recordings/${growing.id}/sidecar-3/final`;
    growing.blobs.blobs.set(final, Buffer.from('damaged'));
    await expect(readSidecar(growing)).rejects.toThrow('not zstd');
    await indexerOf(growing).rebuild(growing.id);
    expect(growing.blobs.blobs).toEqual(whole.blobs.blobs);
  });

  it('goes on behind a chunk that is gone', async () => {
    const recording = StoredRecording.create();
    recording.begin('one\r\n');
    recording.add([recordingEvent('output', SECOND, 'two\r\n')]);
    recording.add([recordingEvent('output', 2 * SECOND, 'three\r\n')]);
    recording.isComplete = true;
    recording.blobs.blobs.delete(recording.chunks[1].blobKey);
    expect(await indexerOf(recording).index(recording.id)).toBe('final');
    const sidecar = await readSidecar(recording);
    expect(sidecar).toMatchObject({
      isComplete: true,
      damagedFrames: 1,
      lastTime: 2 * SECOND,
    });
    const { content } = await SidecarStore.create(recording.blobs).readPart(
      recording.id,
      sidecar.parts[0],
    );
    expect(content.text.map(({ text }) => text)).toEqual(['one', 'three']);
    expect(logger.warn).toHaveBeenCalledWith(
      `Chunk 1 of recording ${recording.id} is gone: it is indexed without it`,
    );
  });

  it('indexes in the background what was requested, each once', async () => {
    const recording = StoredRecording.create();
    recording.begin('hello\r\n');
    recording.isComplete = true;
    const puts: number[] = [];
    recording.blobs.onPut = async () => {
      puts.push(recording.blobs.blobs.size);
    };
    const indexer = indexerOf(recording);
    indexer.onChunk(recording.id, 0);
    await indexer.settled();
    expect(puts).toEqual([]);
    indexer.request(recording.id);
    indexer.request(recording.id.toUpperCase());
    await indexer.settled();
    indexer.onChunk(recording.id, 63);
    await indexer.settled();
    // The part and the sidecar.
    expect(puts).toHaveLength(2);
    expect(await indexer.index('019aa000-0000-7000-9000-00000000ffff')).toBe(
      'unknown-recording',
    );
  });

  it('leaves nothing of a recording that was deleted meanwhile', async () => {
    const recording = StoredRecording.create();
    recording.begin('hello\r\n');
    recording.isComplete = true;
    const indexer = RecordingIndexer.create({
      store: {
        listChunks: () => recording.listChunks(),
        getProgress: jest
          .fn()
          .mockImplementationOnce(id => recording.getProgress(id))
          .mockResolvedValue(undefined),
      },
      blobs: recording.blobs,
      logger,
      thread,
    });
    expect(await indexer.index(recording.id)).toBe('unknown-recording');
    expect(recording.blobs.blobs.size).toBe(1);
  });

  it('says in the log what it could not read, and goes on with the next', async () => {
    const recording = StoredRecording.create();
    recording.begin('hello\r\n');
    recording.isComplete = true;
    recording.blobs.blobs.clear();
    const indexer = indexerOf(recording);
    indexer.request(recording.id);
    await indexer.settled();
    expect(logger.warn).toHaveBeenCalledWith(
      expect.stringContaining(`Recording ${recording.id} was not indexed`),
    );
    expect(recording.blobs.blobs.size).toBe(0);
  });
});
