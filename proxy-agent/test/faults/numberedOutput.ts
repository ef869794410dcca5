/*
 * What a session's command prints: lines of 16 bytes that each tell their own
 * offset, `000000000000032\n`. So every byte is known from its place, and
 * nobody has to keep what was sent to compare it.
 */
const LINE_BYTES = 16;

/** The bytes of the output at an offset. */
export function numberedOutput(offset: number, length: number): Buffer {
  const first = Math.floor(offset / LINE_BYTES);
  const last = Math.ceil((offset + length) / LINE_BYTES);
  const lines: string[] = [];
  for (let line = first; line < last; line++) {
    lines.push(`${line * LINE_BYTES}`.padStart(LINE_BYTES - 1, '0'), '\n');
  }
  const start = offset - first * LINE_BYTES;
  return Buffer.from(lines.join(''), 'latin1').subarray(start, start + length);
}

/** How many of the bytes are the output at that offset. */
export function matchingOutput(bytes: Uint8Array, offset: number): number {
  const expected = numberedOutput(offset, bytes.length);
  const wrong = expected.findIndex((byte, i) => byte !== bytes[i]);
  return wrong === -1 ? bytes.length : wrong;
}
