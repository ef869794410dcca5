import {
  FrameError,
  MomentChunk,
  MomentChunkPart,
  RecordingChunk,
  RecordingEvent,
} from 'backstage-plugin-kubernetes-audit-common';
import type { TimeSpan } from './PlayerSnapshot';
import { Gap, lostChunk, ParsedChunk, parseChunk } from './parseChunk';

/** So many bytes of chunks stay in memory; the oldest used go first. */
const MAX_CACHED_BYTES = 64 * 1024 * 1024;
/** Parts of chunks that stay in memory: what shows a moment is of use at that moment. */
const MAX_CACHED_PARTS = 16;

/** Fetches the bytes of the chunk with that number. */
export type ChunkLoader = (
  index: number,
  signal: AbortSignal,
) => Promise<Uint8Array>;

/** Events of a chunk, from one of them on. */
export type ChunkEvents = {
  events: readonly RecordingEvent[];
  /** The place in the chunk of the first of them. */
  first: number;
  /** Whether the chunk ends with them. */
  isToEnd: boolean;
};

/** A recording's chunks: fetched when needed, the recent ones kept. */
export class RecordingTape {
  readonly #load: ChunkLoader;
  readonly #maxCachedBytes: number;
  readonly #isLost: (error: unknown) => boolean;
  /** In order of use, the latest last. */
  readonly #chunks = new Map<number, ParsedChunk>();
  readonly #loading = new Map<number, Promise<ParsedChunk>>();
  /** Of chunks that are not here as a whole, by chunk; the latest last. */
  readonly #parts = new Map<number, MomentChunkPart & ParsedChunk>();
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

  /**
   * The chunk's events from one on, at least as far as the time, in
   * microseconds, if they are here.
   */
  peekUntil(
    index: number,
    event: number,
    time: number,
  ): ChunkEvents | undefined {
    const chunk = this.peek(index);
    if (chunk) {
      return { events: chunk.events, first: 0, isToEnd: true };
    }
    const part = this.#parts.get(index);
    // Events happen at whole microseconds.
    return part &&
      part.event <= event &&
      Math.floor(time) <= (part.until ?? Infinity)
      ? {
          events: part.events,
          first: part.event,
          isToEnd: part.until === undefined,
        }
      : undefined;
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

  /** Takes chunks, or parts of them, that came with something else. */
  supply(chunks: readonly MomentChunk[]): void {
    for (const { index, bytes, part } of chunks) {
      if (this.#chunks.has(index)) {
        continue;
      }
      if (part) {
        this.#keepPart(index, { ...part, ...this.#parse(bytes) });
      } else {
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
    this.#parts.clear();
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

  #keepPart(index: number, part: MomentChunkPart & ParsedChunk): void {
    this.#parts.delete(index);
    this.#parts.set(index, part);
    const [oldest] = this.#parts.keys();
    if (this.#parts.size > MAX_CACHED_PARTS) {
      this.#parts.delete(oldest);
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
