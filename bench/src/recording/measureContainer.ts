import { mkdirSync, readFileSync } from 'node:fs';
import { once } from 'node:events';
import { join } from 'node:path';
import { createGzip, zstdDecompressSync } from 'node:zlib';
import {
  asciicastHeader,
  AsciicastWriter,
  decodeFrame,
  decodeRecordingEvents,
  RecordingEvent,
} from 'backstage-plugin-kubernetes-audit-common';
// The generator belongs to the agent's tests, which no package exports.
// eslint-disable-next-line @backstage/no-relative-monorepo-imports
import { SeededRandom } from '../../../proxy-agent/test/faults/SeededRandom';
import { terminalText } from './terminalText';
import { HEADER, writtenRecording } from './writtenRecording';

/** gzip's own choice. */
const GZIP_LEVEL = 6;
const SECOND = 1_000_000;
const KIB = 1024;
const SEED = 3;

/** A recording as frames, and as a compressed asciicast v2 file, in bytes. */
export type ContainerMeasurement = {
  name: string;
  /** Whether a target is set for it. */
  checked: boolean;
  frames: number;
  castBytes: number;
  gzipBytes: number;
  containerBytes: number;
};

async function gzipped(parts: Iterable<string>) {
  const gzip = createGzip({ level: GZIP_LEVEL });
  let gzipBytes = 0;
  gzip.on('data', chunk => {
    gzipBytes += chunk.length;
  });
  let castBytes = 0;
  for (const part of parts) {
    const bytes = Buffer.from(part);
    castBytes += bytes.length;
    if (!gzip.write(bytes)) {
      await once(gzip, 'drain');
    }
  }
  gzip.end();
  await once(gzip, 'end');
  return { castBytes, gzipBytes };
}

async function measure(
  name: string,
  checked: boolean,
  container: Buffer,
): Promise<ContainerMeasurement> {
  let frames = 0;
  function* cast() {
    yield `${asciicastHeader(HEADER)}\n`;
    const writer = AsciicastWriter.create();
    let offset = 0;
    while (offset < container.length) {
      const frame = decodeFrame(container.subarray(offset));
      if (!frame) {
        throw new Error('a frame is cut');
      }
      offset += frame.totalBytes;
      frames++;
      yield decodeRecordingEvents(
        zstdDecompressSync(frame.body),
        frame.header.firstTime,
      )
        .map(event => writer.write(event))
        .join('');
    }
  }
  const sizes = await gzipped(cast());
  return {
    name,
    checked,
    frames,
    ...sizes,
    containerBytes: container.length,
  };
}

/** A program that prints 30 KiB a second. */
function* busySession(seconds: number): Generator<RecordingEvent> {
  const random = SeededRandom.create(SEED);
  const text = terminalText(seconds * 30 * KIB, SEED);
  let time = 0;
  for (let at = 0; at < text.length; ) {
    const bytes = random.between(200, 2 * KIB);
    time += Math.round((bytes / (30 * KIB)) * SECOND * (0.5 + random.next()));
    yield { type: 'output', time, data: text.subarray(at, at + bytes) };
    at += bytes;
  }
}

/** Somebody who types commands, reads what they print, and types the next. */
function* typedSession(seconds: number): Generator<RecordingEvent> {
  const random = SeededRandom.create(SEED);
  const text = terminalText(seconds * KIB, SEED + 1);
  const command = Buffer.from('kubectl get pods -o wide | grep payments');
  let at = 0;
  let time = 0;
  const event = (data: Uint8Array, after: number): RecordingEvent => {
    time += Math.round(after * SECOND);
    return { type: 'output', time, data };
  };
  while (time < seconds * SECOND) {
    for (const key of command.subarray(0, random.between(3, command.length))) {
      yield event(Buffer.of(key), random.between(60, 300) / 1000);
    }
    const bytes = random.between(100, 6 * KIB);
    yield event(text.subarray(at, at + bytes), 0.02);
    at = (at + bytes) % (text.length - 6 * KIB);
    yield event(Buffer.from('\x1b[1;32mapp@web\x1b[0m:~$ '), 0.001);
    time += random.between(1, 15) * SECOND;
  }
}

/**
 * Compares the size of recordings with that of their asciicast v2 files under gzip.
 *
 * @param bulk - a file of frames that a proxy has delivered
 */
export async function measureContainer(plan: {
  bulk: string;
  directory: string;
  seconds: number;
}): Promise<ContainerMeasurement[]> {
  const written = async (folder: string, events: Iterable<RecordingEvent>) => {
    const root = join(plan.directory, folder);
    mkdirSync(root, { recursive: true });
    return await writtenRecording(root, events);
  };
  return [
    await measure('bulk output', true, readFileSync(plan.bulk)),
    await measure(
      'a program that prints 30 KiB/s',
      true,
      await written('busy', busySession(plan.seconds)),
    ),
    await measure(
      'somebody types and reads',
      false,
      await written('typed', typedSession(plan.seconds)),
    ),
  ];
}
