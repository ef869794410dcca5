import { crc32 } from 'node:zlib';

/*
 * A record in a segment:
 *
 *   length   4 bytes, little-endian, of the payload
 *   CRC-32   4 bytes, little-endian, of the payload
 *   payload  one JSON object, no line end
 */
/** What stands before a payload, in bytes. */
export const RECORD_HEADER_BYTES = 8;

/** A longer record is not ours: two request bodies fit many times over. */
export const MAX_RECORD_BYTES = 1024 * 1024;

/** Writes what stands before the payload of a record whose payload is in its place already. */
export function sealSpoolRecord(record: Buffer): void {
  record.writeUInt32LE(record.length - RECORD_HEADER_BYTES, 0);
  record.writeUInt32LE(crc32(record.subarray(RECORD_HEADER_BYTES)), 4);
}

/** The payload as a segment holds it. */
export function encodeSpoolRecord(payload: string): Buffer {
  const length = Buffer.byteLength(payload);
  const record = Buffer.allocUnsafe(RECORD_HEADER_BYTES + length);
  record.write(payload, RECORD_HEADER_BYTES);
  sealSpoolRecord(record);
  return record;
}

/** Bytes of a record with this payload. */
export function spoolRecordBytes(payload: Uint8Array): number {
  return RECORD_HEADER_BYTES + payload.length;
}

/** How the payload of an event's record begins; inside a JSON text the quotes would be escaped. */
const PAYLOAD_START = '{"sequence":';

/** The number in the payload of an event's record. */
export function sequenceOf(payload: Buffer): number {
  return parseInt(
    payload.toString('latin1', PAYLOAD_START.length, PAYLOAD_START.length + 16),
    10,
  );
}

/**
 * Where the first intact event's record begins in bytes that are damaged.
 *
 * @param from - the first offset that is looked at
 */
export function findSpoolRecord(
  bytes: Buffer,
  from: number,
): number | undefined {
  let payloadAt = bytes.indexOf(PAYLOAD_START, from + RECORD_HEADER_BYTES);
  while (payloadAt !== -1) {
    const offset = payloadAt - RECORD_HEADER_BYTES;
    if (decodeSpoolRecords(bytes.subarray(offset), 1).payloads.length > 0) {
      return offset;
    }
    payloadAt = bytes.indexOf(PAYLOAD_START, payloadAt + 1);
  }
  return undefined;
}

/** What {@link decodeSpoolRecords} found. */
export type DecodedSpoolRecords = {
  /** Views into the given bytes. */
  payloads: Buffer[];
  /** Bytes of whole, intact records. */
  consumed: number;
  /** The next record is damaged, not merely cut: more bytes will not mend it. */
  damaged: boolean;
};

/** All whole records at the start of `bytes`, at most `limit` of them. */
export function decodeSpoolRecords(
  bytes: Buffer,
  limit: number = Infinity,
): DecodedSpoolRecords {
  const payloads: Buffer[] = [];
  let offset = 0;
  while (
    payloads.length < limit &&
    bytes.length - offset >= RECORD_HEADER_BYTES
  ) {
    const length = bytes.readUInt32LE(offset);
    if (length === 0 || length > MAX_RECORD_BYTES) {
      return { payloads, consumed: offset, damaged: true };
    }
    const end = offset + RECORD_HEADER_BYTES + length;
    if (end > bytes.length) {
      break;
    }
    const payload = bytes.subarray(offset + RECORD_HEADER_BYTES, end);
    if (crc32(payload) !== bytes.readUInt32LE(offset + 4)) {
      return { payloads, consumed: offset, damaged: true };
    }
    payloads.push(payload);
    offset = end;
  }
  return { payloads, consumed: offset, damaged: false };
}
