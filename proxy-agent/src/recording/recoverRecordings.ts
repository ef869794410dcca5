import { readFileSync, statSync, truncateSync, unlinkSync } from 'node:fs';
import type { Logger } from 'pino';
import {
  decodeFrame,
  decodeRecordingEvents,
  FrameError,
  recordingHeaderSchema,
} from 'backstage-plugin-kubernetes-audit-common';
import { zstdDecompressSync } from 'node:zlib';
import type {
  RecordingDirectory,
  RecordingStore,
  UnfinishedRecording,
} from '../spool';
import { FrameFile } from './FrameFile';
import { JournalContent, readJournal, withHeader } from './FrameJournal';

/** Why a session ended whose proxy was killed. */
const STOPPED = 'the proxy stopped during the session';

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

/** What of a recording is in frames once its journals are, too. */
type Recovered = Pick<ClosedFrames, 'count' | 'lastTime' | 'startedAt'> & {
  /** Nothing is missing between the first frame and the last. */
  complete: boolean;
};

async function addJournals(
  directory: RecordingDirectory,
  frames: ClosedFrames,
): Promise<Recovered> {
  const file = FrameFile.of(directory);
  let { count, lastTime, startedAt } = frames;
  let complete = true;
  let torn = false;
  try {
    for (const sequence of directory.journals()) {
      const journal = directory.journalFile(sequence);
      const found = sequence >= count ? readJournal(journal) : undefined;
      if (found && found.eventCount > 0) {
        // What the last one's end was torn off of was not shown yet.
        complete = complete && sequence === count && !torn;
        torn = found.torn;
        let content: JournalContent = found;
        startedAt ??= startOf(found.body, found.firstTime);
        if (!startedAt && found.header) {
          startedAt = found.header.startedAt;
          content = withHeader(found, found.header);
        }
        lastTime = content.lastTime;
        await file.appendContent(content, { sequence: count, last: false });
        count += 1;
      }
      // Another attempt must not add it once more.
      unlinkSync(journal);
    }
  } finally {
    await file.close();
  }
  return { count, lastTime, startedAt, complete };
}

/** @returns whether there was anything to keep */
async function recover(
  store: RecordingStore,
  { directory, end }: UnfinishedRecording,
): Promise<boolean> {
  const frames = readClosedFrames(directory);
  if (frames.bytes < sizeOf(directory.framesFile)) {
    // A frame that was cut while it was written: its journal is still there.
    truncateSync(directory.framesFile, frames.bytes);
  }
  const { count, lastTime, startedAt, complete } = await addJournals(
    directory,
    frames,
  );
  if (!startedAt) {
    // Ended before the first byte of output: there is nothing to replay.
    store.remove(directory);
    return false;
  }
  const durationMs = Math.round(lastTime / 1000);
  directory.complete({
    ...(end ?? {
      status: 'recovered',
      statusReason: STOPPED,
      endReason: STOPPED,
      endedAt: new Date(Date.parse(startedAt) + durationMs).toISOString(),
      durationMs,
    }),
    ...(!complete && {
      status: 'truncated',
      statusReason: `${end?.statusReason ?? STOPPED}, and a part is missing`,
    }),
    chunkCount: count,
  });
  store.measure(directory);
  return true;
}

function sizeOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0;
}

/**
 * Finishes the recordings that a killed proxy or a full disk left open: their
 * journals become frames and their status says what is known. What cannot be
 * finished now stays for another call.
 *
 * @returns whether all of them are finished
 */
export async function recoverRecordings(
  store: RecordingStore,
  logger: Pick<Logger, 'info' | 'warn'>,
): Promise<boolean> {
  let all = true;
  for (const recording of store.unfinished()) {
    const { id } = recording.directory;
    try {
      const kept = await recover(store, recording);
      logger.info({ recordingId: id, kept }, 'recording recovered');
    } catch (error) {
      all = false;
      logger.warn(
        { recordingId: id, error: (error as Error).message },
        'a recording cannot be finished yet',
      );
    }
  }
  return all;
}
