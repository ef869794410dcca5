import { crc32 } from './crc32';
import { portableCrc32 } from './portableCrc32';

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

describe.each([
  ['of the platform', crc32],
  ['of browsers', portableCrc32],
])('CRC-32 %s', (_, crcOf) => {
  const bytes = Uint8Array.from({ length: 300 }, (_, i) => (i * 7919) >> 3);

  it('gives the check value of CRC-32/ISO-HDLC', () => {
    expect(crcOf(new TextEncoder().encode('123456789'))).toBe(0xcbf43926);
    expect(crcOf(new Uint8Array())).toBe(0);
  });

  it('is that of the definition, whatever the length and the offset', () => {
    for (let start = 0; start < 9; start++) {
      for (let end = start; end <= start + 40; end++) {
        const part = bytes.subarray(start, end);
        expect(crcOf(part)).toBe(slowCrc32(part));
      }
    }
    expect(crcOf(bytes)).toBe(slowCrc32(bytes));
  });

  it('continues from an earlier one at every place', () => {
    const whole = crcOf(bytes);
    for (let at = 0; at <= bytes.length; at++) {
      expect(crcOf(bytes.subarray(at), crcOf(bytes.subarray(0, at)))).toBe(
        whole,
      );
    }
  });
});
