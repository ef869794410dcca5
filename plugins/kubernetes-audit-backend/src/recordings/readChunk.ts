import {
  decodeFrames,
  decodeRecordingEvents,
  encodeFrame,
  Frame,
  FRAME_HEADER_BYTES,
  FrameError,
  RecordingEvent,
} from 'backstage-plugin-kubernetes-audit-common';
import { readFrameBody } from './frameBody';

/** Bytes of a chunk as it is sent. */
export const MAX_CHUNK_BYTES = 16 * 1024 * 1024;
/** Bytes of all frames of a chunk without compression. */
export const MAX_CHUNK_UNCOMPRESSED_BYTES = 64 * 1024 * 1024;

/**
 * The frames of a chunk, verified.
 *
 * @throws FrameError when one is corrupt or cut, or when together they are too large
 */
export function readFrames(chunk: Uint8Array): Frame[] {
  const frames = decodeFrames(chunk);
  if (uncompressedSize(frames) > MAX_CHUNK_UNCOMPRESSED_BYTES) {
    throw new FrameError(
      `the frames of a chunk hold more than ${MAX_CHUNK_UNCOMPRESSED_BYTES} bytes`,
    );
  }
  return frames;
}

/** Bytes of the frames when sent without compression. */
export function uncompressedSize(frames: readonly Frame[]): number {
  return frames.reduce(
    (size, { header }) => size + FRAME_HEADER_BYTES + header.uncompressedBytes,
    0,
  );
}

/**
 * The events of each frame.
 *
 * @throws FrameError
 */
export async function* readEvents(
  frames: readonly Frame[],
): AsyncGenerator<RecordingEvent[]> {
  for (const frame of frames) {
    yield decodeRecordingEvents(
      await readFrameBody(frame),
      frame.header.firstTime,
    );
  }
}

/**
 * The frames without compression, as a browser can read them.
 *
 * @throws FrameError
 */
export async function withoutCompression(
  frames: readonly Frame[],
): Promise<Uint8Array> {
  const encoded: Uint8Array[] = [];
  for (const frame of frames) {
    const body = await readFrameBody(frame);
    encoded.push(encodeFrame(body, { ...frame.header, compression: 'none' }));
  }
  return Buffer.concat(encoded);
}
