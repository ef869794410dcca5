import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32, gunzipSync, zstdDecompressSync } from 'node:zlib';
import { RecordingStore } from '../spool';
import { SessionRecording } from './SessionRecording';

/*
 * A reader of recordings as somebody else would write it: from
 * docs/recording-format.md alone, without a line of the product's own. What it
 * reads was written by the proxy.
 */

type ReadEvent = { type: string; time: number; payload: Buffer };
type ReadFrame = { sequence: number; isLast: boolean; events: ReadEvent[] };

/** @throws Error when the bytes are no sequence of whole frames */
function readFrames(bytes: Buffer): ReadFrame[] {
  const frames: ReadFrame[] = [];
  for (let at = 0; at < bytes.length; ) {
    const headerBytes = bytes[at + 7] * 8;
    const header = Buffer.from(bytes.subarray(at, at + headerBytes));
    const bodyAt = at + headerBytes;
    const body = bytes.subarray(bodyAt, bodyAt + header.readUInt32LE(12));
    requireThat(header.toString('latin1', 0, 4) === 'KARF', 'magic');
    requireThat(header[4] === 1, 'version');
    requireThat(headerBytes >= 64, 'length of the header');
    requireThat((header[6] & 2) === 0, 'not encrypted');
    requireThat(body.length === header.readUInt32LE(12), 'whole body');
    requireThat(crc32(body) === header.readUInt32LE(56), 'CRC of the body');
    const headerCrc = header.readUInt32LE(60);
    header.writeUInt32LE(0, 60);
    requireThat(crc32(header) === headerCrc, 'CRC of the header');

    const plain = decompress(header[5], body);
    requireThat(plain.length === header.readUInt32LE(16), 'length');
    const firstTime = Number(header.readBigUInt64LE(24));
    const events = readEvents(plain, firstTime);
    requireThat(events.length === header.readUInt32LE(20), 'events');
    requireThat(
      events.at(-1)?.time === Number(header.readBigUInt64LE(32)),
      'time of the last event',
    );
    const sequence = header.readUInt32LE(8);
    requireThat(sequence === frames.length, 'no gap');
    frames.push({ sequence, isLast: (header[6] & 1) === 1, events });
    at = bodyAt + body.length;
  }
  return frames;
}

function decompress(compression: number, body: Buffer): Buffer {
  switch (compression) {
    case 0:
      return body;
    case 1:
      return gunzipSync(body);
    case 2:
      return zstdDecompressSync(body);
    default:
      throw new Error('unknown compression');
  }
}

function readEvents(body: Buffer, firstTime: number): ReadEvent[] {
  const events: ReadEvent[] = [];
  let at = 0;
  let time = firstTime;
  const readVarint = () => {
    let value = 0;
    for (let factor = 1; ; factor *= 128) {
      const byte = body[at++];
      value += (byte & 127) * factor;
      if (byte < 128) {
        return value;
      }
    }
  };
  while (at < body.length) {
    const type = String.fromCharCode(body[at++]);
    time += readVarint();
    const length = readVarint();
    events.push({ type, time, payload: body.subarray(at, at + length) });
    at += length;
  }
  return events;
}

/** The open frame: its first time, the recording's header, and its events. */
function readJournal(bytes: Buffer) {
  const records: Buffer[] = [];
  for (let at = 0; at < bytes.length; ) {
    const payload = bytes.subarray(at + 8, at + 8 + bytes.readUInt32LE(at));
    requireThat(crc32(payload) === bytes.readUInt32LE(at + 4), 'CRC');
    records.push(payload);
    at += 8 + payload.length;
  }
  const [start, ...events] = records;
  return {
    header: JSON.parse(start.toString('utf8', 8)),
    events: readEvents(Buffer.concat(events), Number(start.readBigUInt64LE())),
  };
}

function requireThat(isSo: boolean, what: string): void {
  if (!isSo) {
    throw new Error(`not as documented: ${what}`);
  }
}

const ID = '01a2011a-6bbd-75f8-a13e-b3999de43b04';
const HEADER = {
  id: ID,
  sessionId: '01a2011a-6bbd-75f8-a13e-b3999de43b05',
  name: 'guest_20261122T014741Z',
  startedAt: '2026-11-22T01:47:41.000Z',
  userName: 'guest',
  clientIp: '127.0.0.1',
  clusterName: 'demo',
  namespace: 'dev',
  podName: 'web',
  kind: 'exec' as const,
  command: ['sh'],
  tty: true,
  connectedFrom: 'Proxy' as const,
};
const SIZE = { columns: 120, rows: 40 };

describe('a reader written from docs/recording-format.md', () => {
  let root: string;
  let recording: SessionRecording;

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'format-'));
    recording = SessionRecording.start({
      store: RecordingStore.open({ root, maxBytes: 2 ** 27 }),
      maxBytes: 2 ** 27,
      header: HEADER,
      onFrame: () => {},
      onFailure: error => {
        throw error;
      },
    });
  });
  afterEach(() => rmSync(root, { recursive: true }));

  const file = (name: string) => readFileSync(join(root, ID, name));

  it('reads what the proxy has written', async () => {
    const [first, rest] = ['€'].flatMap(euro => {
      const bytes = Buffer.from(euro);
      return [bytes.subarray(0, 1), bytes.subarray(1)];
    });
    const much = Buffer.alloc(300_000, 'much output\r\n');
    recording.resize(SIZE);
    recording.append('output', first);
    recording.append('output', much);
    recording.append('output', rest);
    recording.append('error', Buffer.from('oops'));
    recording.append('input', Buffer.from('ls\r'));
    recording.resize({ columns: 80, rows: 24 });
    await recording.finish({ exitCode: 7, reason: 'the command ended' });

    const frames = readFrames(file('frames'));
    expect(frames.map(({ isLast }) => isLast)).toEqual([false, true]);
    const events = frames.flatMap(frame => frame.events);
    const [header, ...others] = events;
    expect(header.type).toBe('h');
    expect(JSON.parse(header.payload.toString())).toEqual({
      ...HEADER,
      size: SIZE,
    });
    expect(
      others.map(({ type, payload }) => [type, payload.toString('hex')]),
    ).toEqual(
      [
        ['o', first],
        ['o', much],
        ['o', rest],
        ['e', 'oops'],
        ['i', 'ls\r'],
        ['r', '80x24'],
        ['x', '{"exitCode":7,"reason":"the command ended"}'],
      ].map(([type, payload]) => [type, Buffer.from(payload).toString('hex')]),
    );
    const times = events.map(({ time }) => time);
    expect(times).toEqual([...times].sort((a, b) => a - b));
  });

  it('finds every byte that was flipped', async () => {
    recording.append('output', Buffer.from('hello'));
    await recording.finish({ exitCode: 0, reason: 'the command ended' });
    const sound = file('frames');
    expect(readFrames(sound)).toHaveLength(1);
    for (let at = 0; at < sound.length; at++) {
      const damaged = Buffer.from(sound);
      damaged[at] ^= 0x10;
      expect(() => readFrames(damaged)).toThrow();
    }
  });

  it('reads the open frame of a session that goes on', async () => {
    recording.resize(SIZE);
    recording.append('output', Buffer.from('$ '));
    const { header, events } = readJournal(file('journal-0'));
    expect(header).toEqual({ ...HEADER, size: SIZE });
    expect(
      events.map(({ type, payload }) => [type, payload.toString()]),
    ).toEqual([
      ['h', JSON.stringify({ ...HEADER, size: SIZE })],
      ['o', '$ '],
    ]);
    await recording.finish({ exitCode: 0, reason: 'the command ended' });
  });
});
