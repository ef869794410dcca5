import type { MomentChunk } from 'backstage-plugin-kubernetes-audit-common';
import type { StoredChunk } from '../RecordingStore';
import { sliceChunk } from './sliceChunk';

/** Bytes of chunks that one answer is made of, at the most; the first one is always among them. */
const MAX_BYTES = 4 * 1024 * 1024;

/**
 * What shows a moment: the chunks from an event on to the last one that begins
 * before a time, in microseconds, each without what is not needed for that. It
 * ends before a chunk that cannot be read: who asks for that one alone is told
 * why.
 */
export async function collectChunks(options: {
  chunks: readonly StoredChunk[];
  /** Its frames without compression. */
  readChunk: (chunk: StoredChunk) => Promise<Uint8Array>;
  from: { chunk: number; event: number };
  time: number;
}): Promise<MomentChunk[]> {
  const { chunks, readChunk, from, time } = options;
  const wanted: StoredChunk[] = [];
  let bytes = 0;
  for (const chunk of chunks.slice(from.chunk)) {
    bytes += chunk.sizeBytes;
    if (chunk.firstTime > time || (wanted.length > 0 && bytes > MAX_BYTES)) {
      break;
    }
    wanted.push(chunk);
  }
  const read = await Promise.all(
    wanted.map(chunk => readChunk(chunk).catch(() => undefined)),
  );
  const collected: MomentChunk[] = [];
  for (const [i, content] of read.entries()) {
    if (!content) {
      break;
    }
    const { index } = wanted[i];
    const event = index === from.chunk ? from.event : 0;
    collected.push({ index, ...sliceChunk(content, event, time) });
  }
  return collected;
}
