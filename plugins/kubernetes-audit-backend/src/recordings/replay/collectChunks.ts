import type { StoredChunk } from '../RecordingStore';

/** Bytes of chunks in one answer, at the most; the first one is always there. */
const MAX_BYTES = 4 * 1024 * 1024;

/**
 * The chunks from one to the last that begins before a time, in microseconds.
 * It ends before a chunk that cannot be read: who asks for that one alone is
 * told why.
 */
export async function collectChunks(options: {
  chunks: readonly StoredChunk[];
  readChunk: (chunk: StoredChunk) => Promise<Uint8Array>;
  from: number;
  time: number;
}): Promise<{ index: number; bytes: Uint8Array }[]> {
  const { chunks, readChunk, from, time } = options;
  const wanted: StoredChunk[] = [];
  let bytes = 0;
  for (const chunk of chunks.slice(from)) {
    bytes += chunk.sizeBytes;
    if (chunk.firstTime > time || (wanted.length > 0 && bytes > MAX_BYTES)) {
      break;
    }
    wanted.push(chunk);
  }
  const read = await Promise.all(
    wanted.map(chunk => readChunk(chunk).catch(() => undefined)),
  );
  const collected: { index: number; bytes: Uint8Array }[] = [];
  for (const [i, content] of read.entries()) {
    if (!content) {
      break;
    }
    collected.push({ index: wanted[i].index, bytes: content });
  }
  return collected;
}
