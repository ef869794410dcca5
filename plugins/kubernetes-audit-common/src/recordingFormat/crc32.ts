const POLYNOMIAL = 0xedb88320;

const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit++) {
    value = value & 1 ? (value >>> 1) ^ POLYNOMIAL : value >>> 1;
  }
  return value;
});

/**
 * CRC-32 (ISO-HDLC, as in gzip) of the bytes, continuing from an earlier one.
 *
 * @returns an unsigned 32-bit integer
 * @public
 */
export function crc32(bytes: Uint8Array, previous: number = 0): number {
  let value = ~previous;
  for (let i = 0; i < bytes.length; i++) {
    value = TABLE[(value ^ bytes[i]) & 0xff] ^ (value >>> 8);
  }
  return ~value >>> 0;
}
