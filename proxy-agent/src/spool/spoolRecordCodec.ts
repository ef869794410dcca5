import { crc32 } from 'node:zlib';

/*
 * A record in a segment:
 *
 *   length   4 bytes, little-endian, of the payload
 *   CRC-32   4 bytes, little-endian, of the payload
 *   payload  one JSON object, no line end
 */
const HEADER_BYTES = 8;

/** A longer record is not ours: two request bodies fit many times over. */
export const MAX_RECORD_BYTES = 1024 * 1024;

/** The bytes that stand before a payload. */
export function spoolRecordHeader(payload: Uint8Array): Buffer {
  const header = Buffer.allocUnsafe(HEADER_BYTES);
  header.writeUInt32LE(payload.length, 0);
  header.writeUInt32LE(crc32(payload), 4);
  return header;
}

/** The payload as a segment holds it. */
export function encodeSpoolRecord(payload: string): Buffer {
  const length = Buffer.byteLength(payload);
  const record = Buffer.allocUnsafe(HEADER_BYTES + length);
  record.write(payload, HEADER_BYTES);
  record.writeUInt32LE(length, 0);
  record.writeUInt32LE(crc32(record.subarray(HEADER_BYTES)), 4);
  return record;
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
  while (payloads.length < limit && bytes.length - offset >= HEADER_BYTES) {
    const length = bytes.readUInt32LE(offset);
    if (length === 0 || length > MAX_RECORD_BYTES) {
      return { payloads, consumed: offset, damaged: true };
    }
    const end = offset + HEADER_BYTES + length;
    if (end > bytes.length) {
      break;
    }
    const payload = bytes.subarray(offset + HEADER_BYTES, end);
    if (crc32(payload) !== bytes.readUInt32LE(offset + 4)) {
      return { payloads, consumed: offset, damaged: true };
    }
    payloads.push(payload);
    offset = end;
  }
  return { payloads, consumed: offset, damaged: false };
}
