import {
  FrameError,
  RecordingChunk,
} from 'backstage-plugin-kubernetes-audit-common';
import type { TimeSpan } from './PlayerSnapshot';
import { Gap, lostChunk, ParsedChunk, parseChunk } from './parseChunk';

/** So many bytes of chunks stay in memory; the oldest used go first. */
const MAX_CACHED_BYTES = 64 * 1024 * 1024;

/** Fetches the bytes of the chunk with that number. */
export type ChunkLoader = (
  index: number,
  signal: AbortSignal,
) => Promise<Uint8Array>;

/** A recording's chunks: fetched when needed, the recent ones kept. */
export class RecordingTape {
  readonly #load: ChunkLoader;
  readonly #maxCachedBytes: number;
  readonly #isLost: (error: unknown) => boolean;
  /** In order of use, the latest last. */
  readonly #chunks = new Map<number, ParsedChunk>();
  readonly #loading = new Map<number, Promise<ParsedChunk>>();
  /** By chunk: what could not be read. */
  readonly #gaps = new Map<number, Gap[]>();
  #abort = new AbortController();
  #cachedBytes = 0;

  /** @param options - `isLost` tells of an error whether the chunk cannot be had at all */
  static create(options: {
    load: ChunkLoader;
    maxCachedBytes?: number;
    isLost?: (error: unknown) => boolean;
  }): RecordingTape {
    return new RecordingTape(
      options.load,
      options.maxCachedBytes ?? MAX_CACHED_BYTES,
      options.isLost ?? (() => false),
    );
  }

  private constructor(
    load: ChunkLoader,
    maxCachedBytes: number,
    isLost: (error: unknown) => boolean,
  ) {
    this.#load = load;
    this.#maxCachedBytes = maxCachedBytes;
    this.#isLost = isLost;
  }

  /** By chunk: what was met so far that could not be read. */
  get gaps(): ReadonlyMap<number, readonly Gap[]> {
    return this.#gaps;
  }

  /** Whether the chunk is here. */
  has(index: number): boolean {
    return this.#chunks.has(index);
  }

  /** The chunk, if it is here. */
  peek(index: number): ParsedChunk | undefined {
    const chunk = this.#chunks.get(index);
    if (chunk) {
      this.#chunks.delete(index);
      this.#chunks.set(index, chunk);
    }
    return chunk;
  }

  /** The chunk, fetched if it is not here. */
  async get(index: number): Promise<ParsedChunk> {
    const loading = this.peek(index) ?? this.#loading.get(index);
    if (loading) {
      return loading;
    }
    const fetching = this.#load(index, this.#abort.signal)
      .then(
        bytes => this.#keep(index, this.#parse(bytes)),
        error => {
          if (!this.#isLost(error)) {
            throw error;
          }
          // Not kept: another time it may be there.
          const lost = lostChunk();
          this.#gaps.set(index, lost.gaps);
          return lost;
        },
      )
      .finally(() => this.#loading.delete(index));
    this.#loading.set(index, fetching);
    return fetching;
  }

  /** Takes chunks that came with something else. */
  supply(chunks: readonly { index: number; bytes: Uint8Array }[]): void {
    for (const { index, bytes } of chunks) {
      if (!this.#chunks.has(index)) {
        this.#keep(index, this.#parse(bytes));
      }
    }
  }

  /** Fetches the chunk in the background; a failure shows when it is needed. */
  prefetch(index: number): void {
    this.get(index).catch(() => {});
  }

  dispose(): void {
    this.#abort.abort();
    this.#abort = new AbortController();
    this.#chunks.clear();
    this.#cachedBytes = 0;
  }

  /** Whatever the bytes are, the rest of the recording can be played. */
  #parse(bytes: Uint8Array): ParsedChunk {
    try {
      return parseChunk(bytes);
    } catch (error) {
      if (error instanceof FrameError) {
        return lostChunk();
      }
      throw error;
    }
  }

  #keep(index: number, chunk: ParsedChunk): ParsedChunk {
    if (chunk.gaps.length > 0) {
      this.#gaps.set(index, chunk.gaps);
    } else {
      this.#gaps.delete(index);
    }
    this.#chunks.set(index, chunk);
    this.#cachedBytes += chunk.sizeBytes;
    for (const [oldest, { sizeBytes }] of this.#chunks) {
      if (this.#cachedBytes <= this.#maxCachedBytes || oldest === index) {
        break;
      }
      this.#chunks.delete(oldest);
      this.#cachedBytes -= sizeBytes;
    }
    return chunk;
  }
}

/** The parts of a recording that could not be read so far, in microseconds. */
export function gapsOf(
  tape: RecordingTape,
  chunks: readonly RecordingChunk[],
): TimeSpan[] {
  return tape.gaps.size === 0
    ? []
    : chunks.flatMap(({ index, firstTime, lastTime }) =>
        (tape.gaps.get(index) ?? []).map(({ from, to }) => ({
          from: from ?? firstTime,
          to: to ?? lastTime,
        })),
      );
}
