import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  rmSync,
  statSync,
  truncateSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { zstdDecompressSync } from 'node:zlib';
import { pino } from 'pino';
import {
  decodeFrames,
  decodeRecordingEvents,
  FRAME_TARGET_BYTES,
  RecordingEvent,
  RecordingHeader,
} from 'backstage-plugin-kubernetes-audit-common';
import { RecordingStore } from '../spool';
import { recoverRecordings } from './recoverRecordings';
import { SessionRecording } from './SessionRecording';

const ID = '01a2011a-6bbd-75f8-a13e-b3999de43b04';
const HEADER: Omit<RecordingHeader, 'size'> = {
  id: ID,
  sessionId: '01a2011a-6bbd-75f8-a13e-b3999de43b05',
  name: 'guest_20261122T014741Z',
  startedAt: '2026-11-22T01:47:41.000Z',
  userName: 'guest',
  clientIp: '127.0.0.1',
  clusterName: 'demo',
  namespace: 'dev',
  podName: 'web',
  kind: 'exec',
  command: ['sh'],
  tty: true,
  connectedFrom: 'Proxy',
};
const MEBIBYTE = 1024 * 1024;

const text = (data: Uint8Array) => Buffer.from(data).toString('utf8');

describe('SessionRecording', () => {
  let root: string;
  const failures: string[] = [];

  const start = (
    options: { maxBytes?: number; storeBytes?: number } = {},
  ): SessionRecording =>
    SessionRecording.start({
      store: RecordingStore.open({
        root,
        maxBytes: options.storeBytes ?? 100 * MEBIBYTE,
      }),
      maxBytes: options.maxBytes ?? 100 * MEBIBYTE,
      header: HEADER,
      onFrame: () => {},
      onFailure: error => failures.push(error.message),
    });
  const events = (directory: string = join(root, ID)): RecordingEvent[] =>
    decodeFrames(readFileSync(join(directory, 'frames'))).flatMap(frame =>
      decodeRecordingEvents(
        zstdDecompressSync(frame.body),
        frame.header.firstTime,
      ),
    );
  const completion = (directory: string = join(root, ID)) =>
    JSON.parse(readFileSync(join(directory, 'completion.json'), 'utf8'));

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'recordings-'));
    failures.length = 0;
  });
  afterEach(() => rmSync(root, { recursive: true }));

  it('keeps everything in order, with the first size in its header', async () => {
    const recording = start();
    recording.resize({ columns: 120, rows: 40 });
    recording.append('output', Buffer.from('hello'));
    recording.resize({ columns: 100, rows: 30 });
    recording.append('error', Buffer.from('oops'));
    await recording.finish({ exitCode: 7, reason: 'the command ended' });

    const [header, ...rest] = events();
    expect(JSON.parse(text(header.data))).toEqual({
      ...HEADER,
      size: { columns: 120, rows: 40 },
    });
    expect(rest.map(({ type, data }) => [type, text(data)])).toEqual([
      ['output', 'hello'],
      ['resize', '100x30'],
      ['error', 'oops'],
      ['exit', '{"exitCode":7,"reason":"the command ended"}'],
    ]);
    expect(completion()).toMatchObject({
      status: 'complete',
      endReason: 'the command ended',
      exitCode: 7,
    });
    expect(readdirSync(join(root, ID)).sort()).toEqual([
      'completion.json',
      'frames',
    ]);
  });

  it('takes 80x24 when output comes before the first size', async () => {
    const recording = start();
    recording.append('output', Buffer.from('early'));
    recording.resize({ columns: 120, rows: 40 });
    await recording.finish({ exitCode: 0, reason: 'the command ended' });
    const [header, output, resize] = events();
    expect(JSON.parse(text(header.data)).size).toEqual({
      columns: 80,
      rows: 24,
    });
    expect(text(output.data)).toBe('early');
    expect(text(resize.data)).toBe('120x40');
  });

  it('closes a frame every 256 KiB and marks the last', async () => {
    const recording = start();
    const chunk = Buffer.alloc(32 * 1024, 'x');
    for (let i = 0; i < 40; i++) {
      recording.append('output', chunk);
    }
    await recording.finish({ exitCode: 0, reason: 'the command ended' });
    const frames = decodeFrames(readFileSync(join(root, ID, 'frames')));
    // Five of eight chunks each, and one with the exit.
    expect(frames.map(({ header }) => [header.sequence, header.last])).toEqual([
      [0, false],
      [1, false],
      [2, false],
      [3, false],
      [4, false],
      [5, true],
    ]);
    const output = events().filter(event => event.type === 'output');
    expect(output.length).toBe(40);
  });

  it('ends with a clear reason at its own limit and at that of all recordings', async () => {
    const limited = start({ maxBytes: 10 });
    limited.append('output', Buffer.from('0123456789'));
    expect(() => limited.append('output', Buffer.from('x'))).toThrow(
      'it has reached its limit of 10 bytes',
    );
    expect(failures).toEqual([
      'the recording cannot be written: it has reached its limit of 10 bytes',
    ]);
    await limited.finish({ exitCode: undefined, reason: failures[0] });
    expect(completion()).toMatchObject({
      status: 'truncated',
      statusReason: failures[0],
    });
    // All that was released to the user before is there.
    expect(events().map(({ data }) => text(data))).toEqual([
      expect.any(String),
      '0123456789',
    ]);

    const full = start({ storeBytes: 1 });
    expect(() => full.append('output', Buffer.from('x'))).toThrow(
      'have reached their limit of 1 bytes',
    );
  });

  it('loses nothing that was appended when it is killed at any moment', async () => {
    const recording = start();
    const directory = join(root, ID);
    const crashed = mkdtempSync(join(tmpdir(), 'crashed-'));
    let appended = '';
    for (let i = 0; i < 60; i++) {
      const piece = `${i}:${'x'.repeat((i * 7919) % 20_000)}\n`;
      recording.append('output', Buffer.from(piece));
      appended += piece;
      if (i % 5 === 0) {
        // Lets a compression finish, or not.
        await new Promise(setImmediate);
      }

      // What a killed process leaves is what is in the files now.
      const copy = join(crashed, `${i}`, ID);
      cpSync(directory, copy, { recursive: true });
      await recoverRecordings(
        RecordingStore.open({
          root: join(crashed, `${i}`),
          maxBytes: 100 * MEBIBYTE,
        }),
        pino({ level: 'silent' }),
      );
      const output = events(copy)
        .filter(event => event.type === 'output')
        .map(event => text(event.data))
        .join('');
      expect(output).toBe(appended);
      expect(completion(copy)).toMatchObject({ status: 'recovered' });
    }
    await recording.finish({ exitCode: 0, reason: 'the command ended' });
    rmSync(crashed, { recursive: true });
  });

  it('recovers a true beginning from files that were cut anywhere', async () => {
    const recording = start();
    for (let i = 0; i < 30; i++) {
      recording.append('output', Buffer.from(`${i} ${'y'.repeat(9000)}\n`));
    }
    await recording.relieved;
    const crashed = mkdtempSync(join(tmpdir(), 'cut-'));
    const whole = join(root, ID);
    const names = readdirSync(whole);
    expect(names).toContain('frames');
    let seed = 12345;
    const random = (below: number) => {
      seed = (seed * 1103515245 + 12345) % 2147483648;
      return seed % below;
    };
    for (let i = 0; i < 100; i++) {
      const copy = join(crashed, `${i}`, ID);
      cpSync(whole, copy, { recursive: true });
      const file = join(copy, names[random(names.length)]);
      truncateSync(file, random(statSync(file).size + 1));
      await recoverRecordings(
        RecordingStore.open({
          root: join(crashed, `${i}`),
          maxBytes: 100 * MEBIBYTE,
        }),
        pino({ level: 'silent' }),
      );
      if (!existsSync(copy)) {
        continue;
      }
      const numbers = events(copy)
        .filter(event => event.type === 'output')
        .map(event => Number(text(event.data).split(' ')[0]));
      // In order, and from the start unless the first frame was what was cut.
      expect(numbers).toEqual([...numbers].sort((a, b) => a - b));
      expect(new Set(numbers).size).toBe(numbers.length);
      expect(completion(copy).status).toMatch(/^(recovered|truncated)$/);
    }
    await recording.finish({ exitCode: 0, reason: 'the command ended' });
    rmSync(crashed, { recursive: true });
  });

  it('is finished later, with its own end, when its last frames cannot be written', async () => {
    const store = RecordingStore.open({ root, maxBytes: 100 * MEBIBYTE });
    const recording = SessionRecording.start({
      store,
      maxBytes: 100 * MEBIBYTE,
      header: HEADER,
      onFrame: () => {},
      onFailure: () => {},
    });
    recording.append('output', Buffer.from('seen by the user'));
    // Stands where the frames would be.
    const obstacle = join(root, ID, 'frames');
    mkdirSync(obstacle);
    expect(store.unfinished()).toEqual([]);
    await recording.finish({ exitCode: 3, reason: 'the command ended' });

    const logger = pino({ level: 'silent' });
    expect(store.unfinished().length).toBe(1);
    expect(await recoverRecordings(store, logger)).toBe(false);
    rmdirSync(obstacle);
    expect(await recoverRecordings(store, logger)).toBe(true);
    expect(store.unfinished()).toEqual([]);
    expect(
      events()
        .filter(event => event.type === 'output')
        .map(event => text(event.data)),
    ).toEqual(['seen by the user']);
    expect(completion()).toMatchObject({
      status: 'complete',
      exitCode: 3,
      chunkCount: 1,
    });
    expect(readdirSync(join(root, ID)).sort()).toEqual([
      'completion.json',
      'frames',
    ]);
  });

  it('ends no session for a second time when its last event cannot be written', async () => {
    const recording = start();
    recording.append('output', Buffer.alloc(FRAME_TARGET_BYTES, 'x'));
    mkdirSync(join(root, ID, 'journal-1'));
    await recording.finish({ exitCode: 3, reason: 'the command ended' });
    expect(failures).toEqual([]);
    expect(completion()).toMatchObject({
      status: 'truncated',
      statusReason: expect.stringMatching(
        /^the command ended, and the recording cannot be written: EISDIR/,
      ),
      exitCode: 3,
    });
    expect(events().map(({ type }) => type)).toEqual(['header', 'output']);
  });

  it('of which nothing could be written is no recording', async () => {
    const store = RecordingStore.open({ root, maxBytes: 100 * MEBIBYTE });
    const recording = SessionRecording.start({
      store,
      maxBytes: 100 * MEBIBYTE,
      header: HEADER,
      onFrame: () => {},
      onFailure: () => {},
    });
    mkdirSync(join(root, ID, 'journal-0'));
    expect(() => recording.append('output', Buffer.from('x'))).toThrow(
      'the recording cannot be written',
    );
    await recording.finish({ exitCode: undefined, reason: 'no room' });
    rmdirSync(join(root, ID, 'journal-0'));
    await recoverRecordings(store, pino({ level: 'silent' }));
    expect(store.list()).toEqual([]);
    expect(store.bytes).toBe(0);
  });
});
