/** The checksum that names a zlib dictionary: RFC 1950, section 8.2. */
export function adler32Of(bytes: Uint8Array): number {
  let a = 1;
  let b = 0;
  for (const byte of bytes) {
    a = (a + byte) % 65521;
    b = (b + a) % 65521;
  }
  return b * 65536 + a;
}
