import { crc32 } from './crc32';

/*
 * A keyframe is the screen at one moment, as the bytes that draw it:
 *
 *   offset size
 *   0      4   magic "KARK"
 *   4      1   version, 1
 *   5      1   flags, 0
 *   6      2   columns
 *   8      2   rows
 *   10     2   reserved, 0
 *   12     8   time, microseconds since the recording's start
 *   20     4   length of the payload
 *   24     4   CRC-32 of the 24 bytes before it and the payload
 *   28     …   payload: escape sequences, UTF-8
 *
 * All integers are little-endian. The payload, written to a terminal of that
 * size that was just made or reset, gives the screen as every event before
 * the keyframe left it.
 */

/** Bytes of a keyframe without its payload. @public */
export const KEYFRAME_HEADER_BYTES = 28;
/** A payload larger than this is not ours, whatever the header says. @public */
export const MAX_KEYFRAME_PAYLOAD_BYTES = 4 * 1024 * 1024;
/** A larger terminal is replayed, and has its keyframes, at this size. @public */
export const MAX_REPLAY_SIZE = { columns: 1000, rows: 500 } as const;
/** A smaller terminal is replayed at this size: the emulator has none smaller. @public */
export const MIN_REPLAY_SIZE = { columns: 2, rows: 1 } as const;

const MAGIC = 0x4b52414b; // "KARK"
const FORMAT_VERSION = 1;
const CRC_OFFSET = 24;

/** The screen at one moment. @public */
export type Keyframe = {
  columns: number;
  rows: number;
  /** Microseconds since the recording's start. */
  time: number;
  /** Escape sequences in UTF-8, for a terminal that was just reset. */
  payload: Uint8Array;
};

/** Bytes that are no keyframe: cut, corrupted or of another format. @public */
export class KeyframeError extends Error {
  readonly name = 'KeyframeError';
}

/**
 * A keyframe as bytes.
 *
 * @throws {@link KeyframeError} when it exceeds a limit of the format
 * @public
 */
export function encodeKeyframe(keyframe: Keyframe): Uint8Array {
  requireLimits(keyframe, keyframe.payload.length);
  const bytes = new Uint8Array(KEYFRAME_HEADER_BYTES + keyframe.payload.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, MAGIC, true);
  bytes[4] = FORMAT_VERSION;
  view.setUint16(6, keyframe.columns, true);
  view.setUint16(8, keyframe.rows, true);
  view.setBigUint64(12, BigInt(keyframe.time), true);
  view.setUint32(20, keyframe.payload.length, true);
  bytes.set(keyframe.payload, KEYFRAME_HEADER_BYTES);
  view.setUint32(CRC_OFFSET, checksum(bytes), true);
  return bytes;
}

/**
 * Reads a keyframe; the payload is a view, not a copy.
 *
 * @param bytes - one whole keyframe and nothing else
 * @throws {@link KeyframeError} when they are not
 * @public
 */
export function decodeKeyframe(bytes: Uint8Array): Keyframe {
  if (bytes.length < KEYFRAME_HEADER_BYTES) {
    throw new KeyframeError('keyframe is cut');
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  if (view.getUint32(0, true) !== MAGIC) {
    throw new KeyframeError('not a keyframe: wrong magic');
  }
  if (bytes[4] !== FORMAT_VERSION) {
    throw new KeyframeError(`unknown keyframe version ${bytes[4]}`);
  }
  const payloadBytes = view.getUint32(20, true);
  const keyframe: Keyframe = {
    columns: view.getUint16(6, true),
    rows: view.getUint16(8, true),
    time: Number(view.getBigUint64(12, true)),
    payload: bytes.subarray(KEYFRAME_HEADER_BYTES),
  };
  requireLimits(keyframe, payloadBytes);
  if (keyframe.payload.length !== payloadBytes) {
    throw new KeyframeError(
      `keyframe says ${payloadBytes} bytes of payload, ${keyframe.payload.length} are there`,
    );
  }
  if (checksum(bytes) !== view.getUint32(CRC_OFFSET, true)) {
    throw new KeyframeError('keyframe is corrupt');
  }
  return keyframe;
}

function checksum(bytes: Uint8Array): number {
  return crc32(
    bytes.subarray(KEYFRAME_HEADER_BYTES),
    crc32(bytes.subarray(0, CRC_OFFSET)),
  );
}

function requireLimits(
  { columns, rows, time }: Keyframe,
  payloadBytes: number,
): void {
  const isSize = (value: number, least: number, most: number) =>
    Number.isInteger(value) && value >= least && value <= most;
  if (
    !isSize(columns, MIN_REPLAY_SIZE.columns, MAX_REPLAY_SIZE.columns) ||
    !isSize(rows, MIN_REPLAY_SIZE.rows, MAX_REPLAY_SIZE.rows)
  ) {
    throw new KeyframeError(`keyframe of ${columns}x${rows} cells`);
  }
  if (!Number.isSafeInteger(time) || time < 0) {
    throw new KeyframeError('keyframe has no valid time');
  }
  if (payloadBytes > MAX_KEYFRAME_PAYLOAD_BYTES) {
    throw new KeyframeError('keyframe payload exceeds its limit');
  }
}
