import { ParsedChunk, parseChunk } from './parseChunk';

/** So many bytes of chunks stay in memory; the oldest used go first. */
const MAX_CACHED_BYTES = 64 * 1024 * 1024;

/** Fetches one chunk's bytes. */
export type ChunkLoader = (
  index: number,
  signal: AbortSignal,
) => Promise<Uint8Array>;

/** A recording's chunks: fetched when needed, the recent ones kept. */
export class RecordingTape {
  readonly #load: ChunkLoader;
  readonly #maxCachedBytes: number;
  /** In order of use, the latest last. */
  readonly #chunks = new Map<number, ParsedChunk>();
  readonly #loading = new Map<number, Promise<ParsedChunk>>();
  readonly #damaged = new Map<number, number>();
  readonly #abort = new AbortController();
  #cachedBytes = 0;

  /** @param options - `first` is chunk 0 when it was fetched already */
  static create(options: {
    load: ChunkLoader;
    first?: Uint8Array;
    maxCachedBytes?: number;
  }): RecordingTape {
    const tape = new RecordingTape(
      options.load,
      options.maxCachedBytes ?? MAX_CACHED_BYTES,
    );
    if (options.first) {
      tape.#keep(0, parseChunk(options.first));
    }
    return tape;
  }

  private constructor(load: ChunkLoader, maxCachedBytes: number) {
    this.#load = load;
    this.#maxCachedBytes = maxCachedBytes;
  }

  /** Frames met so far that could not be read. */
  get damagedFrames(): number {
    return [...this.#damaged.values()].reduce((sum, count) => sum + count, 0);
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
      .then(bytes => this.#keep(index, parseChunk(bytes)))
      .finally(() => this.#loading.delete(index));
    this.#loading.set(index, fetching);
    return fetching;
  }

  /** Fetches the chunk in the background; a failure shows when it is needed. */
  prefetch(index: number): void {
    this.get(index).catch(() => {});
  }

  dispose(): void {
    this.#abort.abort();
    this.#chunks.clear();
  }

  #keep(index: number, chunk: ParsedChunk): ParsedChunk {
    this.#damaged.set(index, chunk.damagedFrames);
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
