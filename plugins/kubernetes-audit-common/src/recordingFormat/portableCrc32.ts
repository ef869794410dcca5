const POLYNOMIAL = 0xedb88320;
/** Bytes that are taken at once; the tables for them fit in a processor's cache. */
const SLICE = 8;

/**
 * One table behind the other: the n-th tells what a byte does that n others
 * follow ("slicing by eight", Kounavis and Berry 2005).
 */
const TABLES = new Int32Array(SLICE * 256);
for (let byte = 0; byte < 256; byte++) {
  let value = byte;
  for (let bit = 0; bit < 8; bit++) {
    value = value & 1 ? (value >>> 1) ^ POLYNOMIAL : value >>> 1;
  }
  TABLES[byte] = value;
}
for (let at = 256; at < TABLES.length; at++) {
  const value = TABLES[at - 256];
  TABLES[at] = TABLES[value & 0xff] ^ (value >>> 8);
}

/**
 * CRC-32 (ISO-HDLC, as in gzip) of the bytes, continuing from an earlier one.
 *
 * @returns an unsigned 32-bit integer
 */
export function portableCrc32(bytes: Uint8Array, previous: number = 0): number {
  const { length } = bytes;
  const sliced = length - (length % SLICE);
  let value = ~previous;
  let at = 0;
  for (; at < sliced; at += SLICE) {
    value ^=
      bytes[at] |
      (bytes[at + 1] << 8) |
      (bytes[at + 2] << 16) |
      (bytes[at + 3] << 24);
    value =
      TABLES[0x700 + (value & 0xff)] ^
      TABLES[0x600 + ((value >>> 8) & 0xff)] ^
      TABLES[0x500 + ((value >>> 16) & 0xff)] ^
      TABLES[0x400 + (value >>> 24)] ^
      TABLES[0x300 + bytes[at + 4]] ^
      TABLES[0x200 + bytes[at + 5]] ^
      TABLES[0x100 + bytes[at + 6]] ^
      TABLES[bytes[at + 7]];
  }
  for (; at < length; at++) {
    value = TABLES[(value ^ bytes[at]) & 0xff] ^ (value >>> 8);
  }
  return ~value >>> 0;
}
