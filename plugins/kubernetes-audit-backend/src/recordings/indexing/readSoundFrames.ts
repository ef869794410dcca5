import {
  decodeFrame,
  decodeFrameHeader,
  decodeRecordingEvents,
  FrameError,
  FrameHeader,
  RecordingEvent,
} from 'backstage-plugin-kubernetes-audit-common';
import { readFrameBody } from '../frameBody';

/** A frame of a chunk; `events` are absent when it cannot be read. */
export type SoundFrame = {
  header: FrameHeader;
  /** Of the frame in the chunk. */
  offset: number;
  bytes: number;
  events: RecordingEvent[] | undefined;
};

/**
 * The frames of a chunk. Stored chunks were sound when they came; where a disk
 * has damaged one, a body costs its frame, and a header the rest of the chunk,
 * because nothing says where the next frame begins.
 *
 * @returns at the end, the frames that were lost with a header: 0 or 1
 */
export async function* readSoundFrames(
  chunk: Uint8Array,
): AsyncGenerator<SoundFrame, number> {
  let offset = 0;
  while (offset < chunk.length) {
    const rest = chunk.subarray(offset);
    const header = await unlessDamaged(async () => decodeFrameHeader(rest));
    if (!header) {
      return 1;
    }
    const bytes = header.headerBytes + header.bodyBytes;
    yield { header, offset, bytes, events: await readEvents(rest) };
    offset += bytes;
  }
  return 0;
}

async function readEvents(
  bytes: Uint8Array,
): Promise<RecordingEvent[] | undefined> {
  return unlessDamaged(async () => {
    const frame = decodeFrame(bytes);
    return (
      frame &&
      decodeRecordingEvents(await readFrameBody(frame), frame.header.firstTime)
    );
  });
}

async function unlessDamaged<T>(
  read: () => Promise<T | undefined>,
): Promise<T | undefined> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof FrameError) {
      return undefined;
    }
    throw error;
  }
}
