import type { RecordingChunk } from 'backstage-plugin-kubernetes-audit-common';

/** What it takes to fetch a chunk, in bytes replayed meanwhile. */
export const FETCH_COST = 128 * 1024;

/**
 * What it takes to replay the time between two moments, in bytes of output:
 * of a chunk that lies in part between them, its share of time; and what it
 * takes to fetch those that are not here.
 */
export function replayCost(
  chunks: readonly RecordingChunk[],
  tape: { has(index: number): boolean },
  from: number,
  to: number,
): number {
  let bytes = 0;
  for (const { index, firstTime, lastTime, sizeBytes } of chunks) {
    if (firstTime > to) {
      break;
    }
    if (lastTime > from || (lastTime === from && firstTime === from)) {
      const duration = lastTime - firstTime;
      const share =
        duration > 0
          ? (Math.min(to, lastTime) - Math.max(from, firstTime)) / duration
          : 1;
      bytes += sizeBytes * share + (tape.has(index) ? 0 : FETCH_COST);
    }
  }
  return bytes;
}
