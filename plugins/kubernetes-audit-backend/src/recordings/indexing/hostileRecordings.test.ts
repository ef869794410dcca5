import { encodeFrame } from 'backstage-plugin-kubernetes-audit-common';
import { gzipSync } from 'node:zlib';
import { frameOf, recordingEvent } from '../../__testUtils__/recordingChunk';
import { StoredRecording } from './__testUtils__/StoredRecording';
import { IndexingStoppedError, IndexingThread } from './IndexingThread';
import { RecordingIndexer } from './RecordingIndexer';
import { SidecarStore } from './SidecarStore';

const MIB = 1024 * 1024;

jest.setTimeout(60_000);

describe('a hostile recording', () => {
  const logger = { warn: jest.fn() };
  const threads: IndexingThread[] = [];
  const threadWith = (
    options: Parameters<typeof IndexingThread.create>[0],
  ): IndexingThread => {
    const thread = IndexingThread.create(options);
    threads.push(thread);
    return thread;
  };
  afterEach(async () => {
    await Promise.all(threads.splice(0).map(thread => thread.stop()));
  });

  async function index(recording: StoredRecording, thread: IndexingThread) {
    recording.isComplete = true;
    const indexer = RecordingIndexer.create({
      store: recording,
      blobs: recording.blobs,
      logger,
      thread,
    });
    expect(await indexer.index(recording.id)).toBe('final');
    const sidecar = await SidecarStore.create(recording.blobs).read(
      recording.id,
    );
    return sidecar!.content;
  }

  it.each([
    ['title', '\x1b]0;'],
    ['device control', '\x1bP$q'],
    ['comment', '\x1b_'],
  ])('of a %s that never ends is indexed up to it', async (_, start) => {
    const recording = StoredRecording.create();
    recording.begin(`before\r\n${start}`);
    for (let i = 0; i < 5; i++) {
      recording.add([
        recordingEvent('output', 2000 + i, Buffer.alloc(7 * MIB, 'x')),
      ]);
    }
    const sidecar = await index(recording, threadWith({}));
    expect(sidecar.failure).toMatchObject({ code: 'no-keyframe' });
    expect(sidecar.isComplete).toBe(false);
    expect(sidecar.keyframes).toEqual([]);
    expect(sidecar.frames.length).toBeGreaterThan(4);
  });

  it('that takes the processor is indexed with what it may take', async () => {
    const recording = StoredRecording.create();
    recording.begin('before\r\n', { columns: 1000, rows: 500 });
    recording.add([recordingEvent('output', 2000, '\x1b[2J'.repeat(60_000))]);
    recording.add([recordingEvent('output', 3000, '\x1b[2J\x1b[Hafter\r\n')]);
    const sidecar = await index(recording, threadWith({}));
    expect(sidecar).toMatchObject({ isComplete: true, curtailedFrames: 1 });
    expect(sidecar.failure).toBeUndefined();
    const { text } = (
      await SidecarStore.create(recording.blobs).readPart(
        recording.id,
        sidecar.parts[0],
      )
    ).content;
    expect(text.map(line => line.text)).toEqual(
      expect.arrayContaining(['before', 'after']),
    );
  });

  it('that goes on taking the processor ends when its time is over', async () => {
    const thread = threadWith({ partTimeoutMs: 4000 });
    const recording = StoredRecording.create();
    recording.begin('a', { columns: 1000, rows: 500 });
    for (let i = 0; i < 60; i++) {
      recording.add([
        recordingEvent('output', 2000 + i, '\x1b[1000S'.repeat(100)),
      ]);
    }
    const sidecar = await index(recording, thread);
    expect(sidecar).toMatchObject({
      isComplete: false,
      failure: {
        code: 'timeout',
        message: 'replaying took longer than 4000 ms',
        chunk: 0,
      },
    });
    const next = StoredRecording.create();
    next.begin('fine\r\n');
    expect(await index(next, thread)).toMatchObject({ isComplete: true });
  });

  it('that says to repeat something without end is not obeyed', async () => {
    const recording = StoredRecording.create();
    recording.begin(
      ['b', 'L', 'M', 'S', 'T', 'I', 'Z']
        .map(final => `a\x1b[2147483647${final}`)
        .join(''),
    );
    recording.add([
      recordingEvent('output', 2000, '\x1b[1001S'.repeat(20_000)),
    ]);
    const thread = threadWith({ partTimeoutMs: 20_000 });
    const sidecar = await index(recording, thread);
    expect(sidecar.isComplete).toBe(true);
  });

  it('that takes the memory ends before the portal does', async () => {
    const recording = StoredRecording.create();
    recording.begin('');
    // Each line a text of its own: many times as much memory as output.
    const lines = Array.from({ length: 390_000 }, (_, i) => `${i}\r\n`);
    recording.add([recordingEvent('output', 2000, lines.join(''))]);
    const sidecar = await index(recording, threadWith({ memoryLimitMib: 40 }));
    expect(sidecar.failure).toMatchObject({ code: 'memory', chunk: 0 });
  });

  it('of absurd sizes is replayed within what a terminal may have', async () => {
    const recording = StoredRecording.create();
    recording.begin('a', { columns: 65535, rows: 65535 });
    recording.add([
      recordingEvent('output', 2000, 'x'),
      ...Array.from({ length: 40 }, (_, i) =>
        recordingEvent('resize', 2000 + i, i % 2 ? '65535x1' : '1x65535'),
      ),
      recordingEvent('resize', 3000, '99999999x5'),
      recordingEvent('output', 4000, 'y'),
    ]);
    const sidecar = await index(recording, threadWith({}));
    expect(sidecar).toMatchObject({ isComplete: true, outputBytes: 3 });
    expect(sidecar.keyframes).toHaveLength(1);
  });

  it('of a million markers and pauses is told of with some of them', async () => {
    const recording = StoredRecording.create();
    recording.begin('before\r\n');
    const SECOND = 1_000_000;
    for (let frame = 0; frame < 10; frame++) {
      recording.add(
        Array.from({ length: 100_000 }, (_, at) =>
          recordingEvent(
            at % 2 ? 'marker' : 'input',
            (frame * 100_000 + at) * 10 * SECOND,
            at % 2 ? 'm\xff' : 'i',
          ),
        ),
      );
    }
    const sidecar = await index(recording, threadWith({}));
    expect(sidecar.isComplete).toBe(true);
    expect(sidecar.markers).toHaveLength(10_000);
    expect(sidecar.idle.length).toBeLessThanOrEqual(10_000);
    expect(sidecar.activity.buckets.length).toBeLessThanOrEqual(512);
  });

  it('that sends queries, links and the clipboard is text to whoever reads it', async () => {
    const recording = StoredRecording.create();
    recording.begin(
      [
        'a\x1b[c\x1b[6n\x1b]52;c;cHduZWQ=\x07',
        '\x1b]52;c;?\x07\x1b]0;pwned\x07\x1b[21t\x1bP$qm\x1b\\',
        '\x1b]8;;https://evil.example/\x07link\x1b]8;;\x07\r\n',
      ].join(''),
    );
    const sidecar = await index(recording, threadWith({}));
    const { content } = await SidecarStore.create(recording.blobs).readPart(
      recording.id,
      sidecar.parts[0],
    );
    expect(content.text.map(({ text }) => text)).toEqual(['alink']);
  });

  it('with bombs and damage for frames loses these frames alone', async () => {
    const recording = StoredRecording.create();
    recording.begin('one');
    const bomb = encodeFrame(gzipSync(Buffer.alloc(64 * MIB)), {
      compression: 'gzip',
      last: false,
      sequence: 1,
      uncompressedBytes: 100,
      eventCount: 1,
      firstTime: 2000,
      lastTime: 2000,
    });
    const sound = (sequence: number) =>
      frameOf(sequence, [recordingEvent('output', 3000, 'two')]);
    const damaged = sound(3);
    damaged[damaged.length - 1] ^= 1;
    recording.addChunk(
      Buffer.concat([bomb, sound(2), damaged, sound(4), Buffer.alloc(80)]),
      1000,
    );
    recording.add([recordingEvent('output', 4000, 'three')]);
    const sidecar = await index(recording, threadWith({}));
    expect(sidecar).toMatchObject({
      isComplete: true,
      damagedFrames: 3,
      outputBytes: 14,
    });
    expect(sidecar.frames.map(({ sequence }) => sequence)).toEqual([
      0, 1, 2, 3, 4, 2,
    ]);
  });

  it('is not blamed for a thread that does not start', async () => {
    const recording = StoredRecording.create();
    recording.begin('fine');
    await expect(
      index(recording, threadWith({ partTimeoutMs: 1 })),
    ).rejects.toThrow('the indexing thread did not start');
    expect(recording.blobs.blobs.size).toBe(1);
  });

  it('is given up when the portal stops, and nothing is said of it', async () => {
    const recording = StoredRecording.create();
    recording.begin('\x1b[1000L'.repeat(100_000));
    recording.isComplete = true;
    const thread = threadWith({});
    const indexer = RecordingIndexer.create({
      store: recording,
      blobs: recording.blobs,
      logger,
      thread,
    });
    const indexing = indexer.index(recording.id).catch(error => error);
    await indexer.stop();
    expect(await indexing).toBeInstanceOf(IndexingStoppedError);
    expect(recording.blobs.blobs.size).toBe(1);
  });
});
