import { readFileSync, statSync, truncateSync } from 'node:fs';
import type { Logger } from 'pino';
import {
  decodeFrame,
  decodeRecordingEvents,
  FrameError,
  recordingHeaderSchema,
} from 'backstage-plugin-kubernetes-audit-common';
import { zstdDecompressSync } from 'node:zlib';
import type { RecordingDirectory, RecordingStore } from '../spool';
import { appendFrame } from './appendFrame';
import { readJournal } from './FrameJournal';

type ClosedFrames = {
  /** Bytes of whole frames at the start of the file. */
  bytes: number;
  count: number;
  lastTime: number;
  startedAt: string | undefined;
};

function readClosedFrames(directory: RecordingDirectory): ClosedFrames {
  const result: ClosedFrames = {
    bytes: 0,
    count: 0,
    lastTime: 0,
    startedAt: undefined,
  };
  let bytes: Buffer;
  try {
    bytes = readFileSync(directory.framesFile);
  } catch {
    return result;
  }
  try {
    for (;;) {
      const frame = decodeFrame(bytes.subarray(result.bytes));
      if (!frame || frame.header.sequence !== result.count) {
        return result;
      }
      if (result.count === 0) {
        result.startedAt = startOf(
          zstdDecompressSync(frame.body, {
            maxOutputLength: frame.header.uncompressedBytes,
          }),
          frame.header.firstTime,
        );
      }
      result.bytes += frame.totalBytes;
      result.count += 1;
      result.lastTime = frame.header.lastTime;
    }
  } catch (error) {
    if (error instanceof FrameError) {
      return result;
    }
    throw error;
  }
}

function startOf(body: Uint8Array, firstTime: number): string | undefined {
  const header = decodeRecordingEvents(body, firstTime).find(
    event => event.type === 'header',
  );
  return header
    ? recordingHeaderSchema.parse(
        JSON.parse(Buffer.from(header.data).toString('utf8')),
      ).startedAt
    : undefined;
}

async function recover(
  store: RecordingStore,
  directory: RecordingDirectory,
): Promise<boolean> {
  const frames = readClosedFrames(directory);
  let { count, lastTime, startedAt } = frames;
  if (frames.bytes < sizeOf(directory.framesFile)) {
    // A frame that was cut while it was written: its journal is still there.
    truncateSync(directory.framesFile, frames.bytes);
  }
  let complete = true;
  for (const sequence of directory.journals()) {
    const content =
      sequence >= count
        ? readJournal(directory.journalFile(sequence))
        : undefined;
    if (!content || content.eventCount === 0) {
      continue;
    }
    complete = complete && sequence === count;
    startedAt ??= startOf(content.body, content.firstTime);
    lastTime = content.lastTime;
    await appendFrame(directory, content, { sequence: count, last: false });
    count += 1;
  }
  if (!startedAt) {
    // Killed before the first byte of output: there is nothing to replay.
    store.remove(directory);
    return false;
  }
  const durationMs = Math.round(lastTime / 1000);
  directory.complete({
    status: complete ? 'recovered' : 'truncated',
    statusReason: complete
      ? 'the proxy stopped during the session'
      : 'the proxy stopped during the session, and a part is missing',
    endedAt: new Date(Date.parse(startedAt) + durationMs).toISOString(),
    durationMs,
    chunkCount: count,
  });
  return true;
}

function sizeOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0;
}

/**
 * Finishes the recordings that a killed proxy left open, before new ones
 * begin: their journals become frames and their status says what is known.
 */
export async function recoverRecordings(
  store: RecordingStore,
  logger: Logger,
): Promise<void> {
  for (const directory of store.list()) {
    if (directory.completion() === undefined) {
      const kept = await recover(store, directory);
      logger.info({ recordingId: directory.id, kept }, 'recording recovered');
    }
  }
}
