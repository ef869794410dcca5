import {
  decodeFrame,
  decodeFrameHeader,
  encodeFrame,
  FrameError,
  FrameHeader,
} from 'backstage-plugin-kubernetes-audit-common';
import { readFrameBody } from './frameBody';
import { readFrames, withoutCompression } from './readChunk';

/** No frame begins so. */
const NO_FRAME = Uint8Array.of(0);

/**
 * The frames of a stored chunk without compression, as a browser reads them.
 * A frame that was damaged since it came stays one: its reader learns from the
 * header which time is missing. Where a header is damaged the chunk ends with
 * a byte that is no frame.
 */
export async function plainFrames(chunk: Uint8Array): Promise<Uint8Array> {
  try {
    return await withoutCompression(readFrames(chunk));
  } catch (error) {
    if (!(error instanceof FrameError)) {
      throw error;
    }
    return salvageFrames(chunk);
  }
}

async function salvageFrames(chunk: Uint8Array): Promise<Uint8Array> {
  const frames: Uint8Array[] = [];
  let offset = 0;
  while (offset < chunk.length) {
    const rest = chunk.subarray(offset);
    const header = readHeader(rest);
    if (!header) {
      frames.push(NO_FRAME);
      break;
    }
    frames.push(await salvageFrame(rest, header));
    offset += header.headerBytes + header.bodyBytes;
  }
  return Buffer.concat(frames);
}

function readHeader(bytes: Uint8Array): FrameHeader | undefined {
  try {
    return decodeFrameHeader(bytes);
  } catch (error) {
    if (error instanceof FrameError) {
      return undefined;
    }
    throw error;
  }
}

async function salvageFrame(
  bytes: Uint8Array,
  header: FrameHeader,
): Promise<Uint8Array> {
  const plain = { ...header, compression: 'none' as const };
  try {
    const frame = decodeFrame(bytes);
    if (frame) {
      return encodeFrame(await readFrameBody(frame), plain);
    }
  } catch (error) {
    if (!(error instanceof FrameError)) {
      throw error;
    }
  }
  // Its checksum is of another byte than the one that follows it.
  const damaged = encodeFrame(NO_FRAME, plain);
  damaged[damaged.length - 1]++;
  return damaged;
}
