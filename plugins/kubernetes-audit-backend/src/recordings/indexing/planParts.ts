/** Chunks of a part at the most: our agents send a chunk every two seconds at the latest, and never a large one. */
export const PART_CHUNKS = 64;
/** Bytes of a part's chunks without compression at the most; the chunk that exceeds them is the last. */
export const PART_BYTES = 8 * 1024 * 1024;

/** Chunks that are indexed together: `from` to `to - 1`. */
export type PartRange = { from: number; to: number };

/**
 * Divides a recording into parts. It depends on the chunks alone, so that it
 * gives the same parts as the recording grows. The last part, which may be
 * without chunks, is left out until the recording is complete.
 *
 * @param chunks - all chunks, in order; `sizeBytes` without compression
 */
export function planParts(
  chunks: readonly { sizeBytes: number }[],
  isComplete: boolean,
): PartRange[] {
  const parts: PartRange[] = [];
  let from = 0;
  let bytes = 0;
  chunks.forEach(({ sizeBytes }, index) => {
    bytes += sizeBytes;
    const to = index + 1;
    if (to - from >= PART_CHUNKS || bytes >= PART_BYTES) {
      parts.push({ from, to });
      from = to;
      bytes = 0;
    }
  });
  return isComplete ? [...parts, { from, to: chunks.length }] : parts;
}
