import { crc32 } from './crc32';

/** As RFC 1952 defines it, bit by bit. */
function slowCrc32(bytes: Uint8Array): number {
  let value = 0xffffffff;
  for (const byte of bytes) {
    value ^= byte;
    for (let bit = 0; bit < 8; bit++) {
      value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
    }
  }
  return ~value >>> 0;
}

describe('crc32', () => {
  const bytes = Uint8Array.from({ length: 300 }, (_, i) => (i * 7919) >> 3);

  it('gives the check value of CRC-32/ISO-HDLC', () => {
    expect(crc32(new TextEncoder().encode('123456789'))).toBe(0xcbf43926);
    expect(crc32(new Uint8Array())).toBe(0);
  });

  it('is that of the definition, whatever the length and the offset', () => {
    for (let start = 0; start < 9; start++) {
      for (let end = start; end <= start + 40; end++) {
        const part = bytes.subarray(start, end);
        expect(crc32(part)).toBe(slowCrc32(part));
      }
    }
    expect(crc32(bytes)).toBe(slowCrc32(bytes));
  });

  it('continues from an earlier one at every place', () => {
    const whole = crc32(bytes);
    for (let at = 0; at <= bytes.length; at++) {
      expect(crc32(bytes.subarray(at), crc32(bytes.subarray(0, at)))).toBe(
        whole,
      );
    }
  });
});
