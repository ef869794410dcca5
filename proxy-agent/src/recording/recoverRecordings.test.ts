import {
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { zstdDecompressSync } from 'node:zlib';
import { pino } from 'pino';
import {
  decodeFrames,
  decodeRecordingEvents,
  RecordingHeader,
} from 'backstage-plugin-kubernetes-audit-common';
import { RecordingDirectory, RecordingStore } from '../spool';
import { FrameFile } from './FrameFile';
import { FrameJournal } from './FrameJournal';
import { recoverRecordings } from './recoverRecordings';

const HEADER: RecordingHeader = {
  id: '01a2011a-6bbd-75f8-a13e-b3999de43b04',
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
  size: { columns: 80, rows: 24 },
  connectedFrom: 'Proxy',
};
const MEBIBYTE = 1024 * 1024;

describe('recoverRecordings', () => {
  let root: string;
  let directory: RecordingDirectory;

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'recover-'));
    directory = RecordingDirectory.create(root, HEADER.id);
  });
  afterEach(() => rmSync(root, { recursive: true }));

  /** A journal with one event of output for each text; the first one has the recording's header, too. */
  const journal = (sequence: number, texts: string[]): FrameJournal => {
    const file = directory.journalFile(sequence);
    const written = FrameJournal.create(file, sequence * 1000, HEADER);
    if (sequence === 0) {
      const data = Buffer.from(JSON.stringify(HEADER));
      written.append({
        type: 'header',
        time: 0,
        pieces: [data],
        bytes: data.length,
      });
    }
    texts.forEach((text, i) => {
      const data = Buffer.from(text);
      written.append({
        type: 'output',
        time: sequence * 1000 + i,
        pieces: [data],
        bytes: data.length,
      });
    });
    return written;
  };
  const recovered = async () => {
    const store = RecordingStore.open({ root, maxBytes: MEBIBYTE });
    await recoverRecordings(store, pino({ level: 'silent' }));
    const frames = decodeFrames(readFileSync(directory.framesFile));
    const events = frames.flatMap(({ header, body }) =>
      decodeRecordingEvents(zstdDecompressSync(body), header.firstTime),
    );
    return {
      sequences: frames.map(({ header }) => header.sequence),
      events: events.map(({ type, data }) =>
        type === 'output' ? Buffer.from(data).toString() : type,
      ),
      completion: directory.completion(),
    };
  };

  it('makes frames of journals, in order', async () => {
    journal(0, ['a', 'b']).close();
    journal(1, ['c']).close();
    expect(await recovered()).toMatchObject({
      sequences: [0, 1],
      events: ['header', 'a', 'b', 'c'],
      completion: { status: 'recovered', chunkCount: 2 },
    });
  });

  it('takes the torn end of the last journal for what was not shown', async () => {
    journal(0, ['a']).close();
    journal(1, ['b', 'c']).close();
    const file = directory.journalFile(1);
    truncateSync(file, statSync(file).size - 1);
    expect(await recovered()).toMatchObject({
      events: ['header', 'a', 'b'],
      completion: { status: 'recovered' },
    });
  });

  it('says that a part is missing when another journal follows a torn one', async () => {
    journal(0, ['a', 'b']).close();
    journal(1, ['c']).close();
    const file = directory.journalFile(0);
    truncateSync(file, statSync(file).size - 1);
    expect(await recovered()).toMatchObject({
      events: ['header', 'a', 'c'],
      completion: {
        status: 'truncated',
        statusReason:
          'the proxy stopped during the session, and a part is missing',
      },
    });
  });

  it.each([
    ['is cut', 40],
    ['is gone', 0],
  ])('keeps what followed when the first frame %s', async (_, bytes) => {
    const first = journal(0, ['a']);
    const frames = FrameFile.of(directory);
    await frames.appendContent(first.close(), { sequence: 0, last: false });
    await frames.close();
    first.remove();
    truncateSync(directory.framesFile, bytes);
    journal(1, ['b']).close();
    expect(await recovered()).toMatchObject({
      sequences: [0],
      events: ['header', 'b'],
      completion: { status: 'truncated', chunkCount: 1 },
    });
  });

  it('reads journals of older versions, which have no header', async () => {
    const { body } = journal(0, ['a']).close();
    const whole = readFileSync(directory.journalFile(0));
    const firstRecordBytes = 8 + whole.readUInt32LE(0);
    // Length 8, and the CRC-32 of eight zeros.
    const start = Buffer.alloc(16);
    start.writeUInt32LE(8, 0);
    start.writeUInt32LE(0x6522df69, 4);
    writeFileSync(
      directory.journalFile(0),
      Buffer.concat([start, whole.subarray(firstRecordBytes)]),
    );
    expect(body.length).toBeGreaterThan(0);
    expect(await recovered()).toMatchObject({
      events: ['header', 'a'],
      completion: { status: 'recovered' },
    });
  });
});
