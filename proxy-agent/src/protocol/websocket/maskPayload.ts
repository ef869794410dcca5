/** Below this many bytes setting up a word view costs more than it saves. */
const WORDS_FROM_BYTES = 128;

/**
 * A masked (or, the operation being its own inverse, unmasked) copy of
 * `payload`: RFC 6455, section 5.3. The input is left as it is, because the
 * same bytes go on to the peer.
 *
 * @param payload - part of a frame's payload
 * @param key - the four bytes of the masking key
 * @param position - where in the frame's payload `payload` begins, in bytes
 */
export function maskPayload(
  payload: Buffer,
  key: Uint8Array,
  position: number,
): Buffer {
  const { length } = payload;
  const phase = position & 3;
  const k0 = key[phase];
  const k1 = key[(phase + 1) & 3];
  const k2 = key[(phase + 2) & 3];
  const k3 = key[(phase + 3) & 3];

  const result = Buffer.allocUnsafe(length);
  payload.copy(result);
  let index = 0;
  // Buffer's pool is cut at words, but nothing promises that.
  if (length >= WORDS_FROM_BYTES && result.byteOffset % 4 === 0) {
    const words = new Uint32Array(
      result.buffer,
      result.byteOffset,
      length >>> 2,
    );
    // Through a view of the same kind, so that byte order does not matter.
    const [mask] = new Uint32Array(Uint8Array.of(k0, k1, k2, k3).buffer);
    for (let word = 0; word < words.length; word++) {
      words[word] ^= mask;
    }
    index = words.length << 2;
  }

  const rotated = [k0, k1, k2, k3];
  for (; index < length; index++) {
    result[index] ^= rotated[index & 3];
  }
  return result;
}
