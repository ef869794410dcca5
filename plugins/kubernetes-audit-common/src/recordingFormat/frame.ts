import { crc32 } from './crc32';

/*
 * A recording is a sequence of frames; a frame is a header and a body.
 *
 *   offset size
 *   0      4   magic "KARF"
 *   4      1   version, 1
 *   5      1   compression of the body: 0 none, 1 gzip, 2 zstd
 *   6      1   flags: 1 last frame, 2 body encrypted
 *   7      1   header length in 8-byte units; beyond 64 bytes: extensions
 *   8      4   sequence, from 0, gapless
 *   12     4   body length as stored
 *   16     4   body length uncompressed
 *   20     4   number of events
 *   24     8   time of the first event, microseconds since the start
 *   32     8   time of the last event
 *   40     16  reserved, 0
 *   56     4   CRC-32 of the stored body
 *   60     4   CRC-32 of the header, this field as 0
 *
 * All integers are little-endian. Extensions (nonce, wrapped key, hash chain)
 * follow the 64 bytes and are covered by the header's CRC; a reader skips
 * what it does not know.
 */

/** Bytes of a frame header without extensions. @public */
export const FRAME_HEADER_BYTES = 64;
/** A frame closes at so many bytes of events. @public */
export const FRAME_TARGET_BYTES = 256 * 1024;
/** A frame closes after so long, in milliseconds. @public */
export const FRAME_TARGET_MS = 2000;
/** A frame larger than this is not ours, whatever its header says. @public */
export const MAX_FRAME_BODY_BYTES = 8 * 1024 * 1024;

const MAGIC = 0x4652414b; // "KARF"
const FORMAT_VERSION = 1;
const FLAG_LAST = 1;
const FLAG_ENCRYPTED = 2;
const BODY_CRC_OFFSET = 56;
const HEADER_CRC_OFFSET = 60;

const COMPRESSIONS = ['none', 'gzip', 'zstd'] as const;

/** How a frame's body is compressed. @public */
export type FrameCompression = (typeof COMPRESSIONS)[number];

/** What a frame's header says. @public */
export type FrameHeader = {
  compression: FrameCompression;
  last: boolean;
  encrypted: boolean;
  headerBytes: number;
  sequence: number;
  bodyBytes: number;
  uncompressedBytes: number;
  eventCount: number;
  /** Microseconds since the recording's start. */
  firstTime: number;
  lastTime: number;
  bodyCrc: number;
};

/** Bytes that are no frame: cut, corrupted or of another format. @public */
export class FrameError extends Error {
  readonly name = 'FrameError';
}

/**
 * Puts a header before a body that is already compressed as `compression` says.
 *
 * @public
 */
export function encodeFrame(
  body: Uint8Array,
  header: Pick<
    FrameHeader,
    | 'compression'
    | 'last'
    | 'sequence'
    | 'uncompressedBytes'
    | 'eventCount'
    | 'firstTime'
    | 'lastTime'
  >,
): Uint8Array {
  const frame = new Uint8Array(FRAME_HEADER_BYTES + body.length);
  const view = new DataView(frame.buffer);
  view.setUint32(0, MAGIC, true);
  frame[4] = FORMAT_VERSION;
  frame[5] = COMPRESSIONS.indexOf(header.compression);
  frame[6] = header.last ? FLAG_LAST : 0;
  frame[7] = FRAME_HEADER_BYTES / 8;
  view.setUint32(8, header.sequence, true);
  view.setUint32(12, body.length, true);
  view.setUint32(16, header.uncompressedBytes, true);
  view.setUint32(20, header.eventCount, true);
  view.setBigUint64(24, BigInt(header.firstTime), true);
  view.setBigUint64(32, BigInt(header.lastTime), true);
  view.setUint32(BODY_CRC_OFFSET, crc32(body), true);
  view.setUint32(
    HEADER_CRC_OFFSET,
    crc32(frame.subarray(0, FRAME_HEADER_BYTES)),
    true,
  );
  frame.set(body, FRAME_HEADER_BYTES);
  return frame;
}

/**
 * Reads the header at the start of `bytes`.
 *
 * @returns undefined when more bytes are needed
 * @throws {@link FrameError} when the bytes are not a frame header
 * @public
 */
export function decodeFrameHeader(bytes: Uint8Array): FrameHeader | undefined {
  if (bytes.length < FRAME_HEADER_BYTES) {
    return undefined;
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  if (view.getUint32(0, true) !== MAGIC) {
    throw new FrameError('not a recording frame: wrong magic');
  }
  if (bytes[4] !== FORMAT_VERSION) {
    throw new FrameError(`unknown recording format version ${bytes[4]}`);
  }
  const compression = COMPRESSIONS[bytes[5]];
  if (!compression) {
    throw new FrameError(`unknown frame compression ${bytes[5]}`);
  }
  const headerBytes = bytes[7] * 8;
  if (headerBytes < FRAME_HEADER_BYTES) {
    throw new FrameError('frame header too short');
  }
  if (bytes.length < headerBytes) {
    return undefined;
  }
  // Not slice(): of a Node.js Buffer that would be a view, not a copy.
  const unsigned = new Uint8Array(bytes.subarray(0, headerBytes));
  unsigned.fill(0, HEADER_CRC_OFFSET, HEADER_CRC_OFFSET + 4);
  if (crc32(unsigned) !== view.getUint32(HEADER_CRC_OFFSET, true)) {
    throw new FrameError('frame header is corrupt');
  }
  const header: FrameHeader = {
    compression,
    last: (bytes[6] & FLAG_LAST) !== 0,
    encrypted: (bytes[6] & FLAG_ENCRYPTED) !== 0,
    headerBytes,
    sequence: view.getUint32(8, true),
    bodyBytes: view.getUint32(12, true),
    uncompressedBytes: view.getUint32(16, true),
    eventCount: view.getUint32(20, true),
    firstTime: Number(view.getBigUint64(24, true)),
    lastTime: Number(view.getBigUint64(32, true)),
    bodyCrc: view.getUint32(BODY_CRC_OFFSET, true),
  };
  if (
    header.bodyBytes > MAX_FRAME_BODY_BYTES ||
    header.uncompressedBytes > MAX_FRAME_BODY_BYTES
  ) {
    throw new FrameError('frame body exceeds its limit');
  }
  if (
    !Number.isSafeInteger(header.lastTime) ||
    header.firstTime > header.lastTime
  ) {
    throw new FrameError('frame of an impossible time');
  }
  return header;
}

/** A frame with its body as stored. @public */
export type Frame = {
  header: FrameHeader;
  body: Uint8Array;
  /** Bytes of header and body together. */
  totalBytes: number;
};

/**
 * Reads the frame at the start of `bytes`; the body is a view, not a copy.
 *
 * @returns undefined when more bytes are needed
 * @throws {@link FrameError} when header or body are corrupt
 * @public
 */
export function decodeFrame(bytes: Uint8Array): Frame | undefined {
  const header = decodeFrameHeader(bytes);
  if (!header) {
    return undefined;
  }
  const totalBytes = header.headerBytes + header.bodyBytes;
  if (bytes.length < totalBytes) {
    return undefined;
  }
  const body = bytes.subarray(header.headerBytes, totalBytes);
  if (crc32(body) !== header.bodyCrc) {
    throw new FrameError(`frame ${header.sequence} is corrupt`);
  }
  return { header, body, totalBytes };
}

/**
 * All whole frames of a chunk.
 *
 * @throws {@link FrameError} when a frame is corrupt or the last one is cut
 * @public
 */
export function decodeFrames(chunk: Uint8Array): Frame[] {
  const frames: Frame[] = [];
  let offset = 0;
  while (offset < chunk.length) {
    const frame = decodeFrame(chunk.subarray(offset));
    if (!frame) {
      throw new FrameError('chunk ends inside a frame');
    }
    frames.push(frame);
    offset += frame.totalBytes;
  }
  return frames;
}
