import type { LoggerService } from '@backstage/backend-plugin-api';
import { isError } from '@backstage/errors';
import {
  decodeSidecar,
  encodeSidecar,
  Sidecar,
  SidecarError,
} from 'backstage-plugin-kubernetes-audit-common';
import type { BlobStore } from 'backstage-plugin-kubernetes-audit-node';
import { buffer } from 'node:stream/consumers';
import { DescribeSpan, inOwnTrace, withSpan } from '../../tracing';
import type { RecordingStore, StoredChunk } from '../RecordingStore';
import {
  IndexingError,
  IndexingStoppedError,
  IndexingThread,
} from './IndexingThread';
import { EMPTY_SIDECAR } from './PartBuilder';
import { PART_CHUNKS, PartRange, planParts } from './planParts';
import { compressSidecar, decompressSidecar } from './sidecarCompression';
import { SidecarStore } from './SidecarStore';

/** How far a recording is indexed after {@link RecordingIndexer.index}. */
export type IndexingResult =
  /** Its last sidecar is stored, which may say that it failed. */
  | 'final'
  /** The recording goes on. */
  | 'partial'
  | 'unknown-recording';

/** No frame begins so. */
const NO_FRAME = 0;

/** What is to be stored of a part; it has none when it could not be indexed. */
type Indexed = { part?: Uint8Array; sidecar: Uint8Array; isFinal: boolean };

/**
 * Makes the sidecars of recordings: keyframes, idle spans, text and the rest,
 * while they grow and after. One recording at a time, in a worker thread. What
 * it makes depends on the chunks alone, so two portals may make the same.
 */
export class RecordingIndexer {
  readonly #store: Pick<RecordingStore, 'listChunks' | 'getProgress'>;
  readonly #blobs: BlobStore;
  readonly #sidecars: SidecarStore;
  readonly #thread: IndexingThread;
  readonly #logger: Pick<LoggerService, 'warn'>;
  /** Recordings that wait for the background. */
  readonly #queue = new Set<string>();
  /** Those of them of which what was made is damaged. */
  readonly #damaged = new Set<string>();
  #draining: Promise<void> | undefined;
  #turn: Promise<unknown> = Promise.resolve();
  #isStopped = false;

  static create(options: {
    store: Pick<RecordingStore, 'listChunks' | 'getProgress'>;
    blobs: BlobStore;
    logger: Pick<LoggerService, 'warn'>;
    thread?: IndexingThread;
  }): RecordingIndexer {
    return new RecordingIndexer(options);
  }

  private constructor(options: {
    store: Pick<RecordingStore, 'listChunks' | 'getProgress'>;
    blobs: BlobStore;
    logger: Pick<LoggerService, 'warn'>;
    thread?: IndexingThread;
  }) {
    this.#store = options.store;
    this.#blobs = options.blobs;
    this.#logger = options.logger;
    this.#sidecars = SidecarStore.create(options.blobs);
    this.#thread = options.thread ?? IndexingThread.create();
  }

  /** A chunk was stored. Every so many of them, the recording is indexed in the background. */
  onChunk(id: string, index: number): void {
    if ((index + 1) % PART_CHUNKS === 0) {
      this.request(id);
    }
  }

  /** Indexes a recording in the background: it has ended, or its sidecar may be missing. */
  request(id: string): void {
    if (!this.#isStopped) {
      this.#queue.add(id.toLowerCase());
      this.#draining ??= inOwnTrace(() => this.#drain());
    }
  }

  /** Indexes a recording anew in the background: what was made of it is damaged. */
  requestRebuild(id: string): void {
    this.#damaged.add(id.toLowerCase());
    this.request(id);
  }

  /** Resolves when nothing is waiting. */
  async settled(): Promise<void> {
    while (this.#draining) {
      await this.#draining;
    }
  }

  /** Ends what is going on; what is not indexed yet, is when it is requested again. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#queue.clear();
    await this.#thread.stop();
    await this.settled();
  }

  /**
   * Indexes a recording as far as it has come, unless that was done. Waits for
   * its turn.
   *
   * @throws what the stores throw; IndexingStoppedError
   */
  index(id: string): Promise<IndexingResult> {
    const result = this.#turn.then(() =>
      withSpan('recording.index', { 'recording.id': id }, async describe => {
        const reached = await this.#index(id.toLowerCase(), describe);
        describe({ 'index.result': reached });
        return reached;
      }),
    );
    this.#turn = result.catch(() => {});
    return result;
  }

  /**
   * Throws away what was made of a recording, because it is damaged, and
   * indexes it anew.
   *
   * @throws as {@link RecordingIndexer.index}
   */
  async rebuild(id: string): Promise<IndexingResult> {
    await this.#sidecars.discard(id);
    return this.index(id);
  }

  async #drain(): Promise<void> {
    for (const id of this.#queue) {
      // Deleted first: a request from now on is for what comes after.
      this.#queue.delete(id);
      try {
        await (this.#damaged.delete(id) ? this.rebuild(id) : this.index(id));
      } catch (error) {
        if (!(error instanceof IndexingStoppedError)) {
          this.#logger.warn(`Recording ${id} was not indexed: ${error}`);
        }
      }
    }
    this.#draining = undefined;
  }

  async #index(
    id: string,
    describe: DescribeSpan<'recording.index'>,
  ): Promise<IndexingResult> {
    if (await this.#sidecars.find(id, 'final')) {
      return 'final';
    }
    const progress = await this.#store.getProgress(id);
    if (!progress) {
      return 'unknown-recording';
    }
    const isComplete = progress.completion !== undefined;
    const chunks = await this.#store.listChunks(id);
    const parts = planParts(chunks, isComplete);
    let { before, next } = await this.#resume(id, parts, isComplete);
    describe({ 'index.parts': parts.length - next });
    for (; next < parts.length; next++) {
      const isLast = isComplete && next === parts.length - 1;
      const indexed = await this.#indexPart(id, parts[next], {
        before,
        chunks,
        isLast,
      });
      if (!(await this.#store.getProgress(id))) {
        // It was deleted meanwhile, and nothing of it comes back.
        return 'unknown-recording';
      }
      await this.#write(id, parts[next], indexed);
      if (indexed.isFinal) {
        return 'final';
      }
      before = indexed.sidecar;
    }
    return 'partial';
  }

  async #write(
    id: string,
    range: PartRange,
    { part, sidecar, isFinal }: Indexed,
  ): Promise<void> {
    if (part) {
      await this.#sidecars.writePart(id, range, part);
    }
    await this.#sidecars.write(id, isFinal ? 'final' : range.to, sidecar);
  }

  /** The last sidecar that is there already, and the part that comes next. */
  async #resume(
    id: string,
    parts: readonly PartRange[],
    isComplete: boolean,
  ): Promise<{ before: Uint8Array | undefined; next: number }> {
    for (let next = parts.length - Number(isComplete); next > 0; next--) {
      const before = await this.#sidecars.find(id, parts[next - 1].to);
      if (before && (await isSound(before))) {
        return { before, next };
      }
    }
    return { before: undefined, next: 0 };
  }

  async #indexPart(
    id: string,
    range: PartRange,
    options: {
      before: Uint8Array | undefined;
      chunks: readonly StoredChunk[];
      isLast: boolean;
    },
  ): Promise<Indexed> {
    const { before, chunks, isLast } = options;
    try {
      const { part, sidecar, isFailed } = await this.#thread.index({
        range,
        before,
        isComplete: isLast,
        readChunk: index => this.#readChunk(id, chunks[index]),
      });
      return { part, sidecar, isFinal: isLast || isFailed };
    } catch (error) {
      if (!(error instanceof IndexingError)) {
        throw error;
      }
      this.#logger.warn(
        `Recording ${id} is indexed up to chunk ${range.from} only: ${error.message}`,
      );
      return {
        sidecar: await failedSidecar(before, range, error),
        isFinal: true,
      };
    }
  }

  /**
   * A chunk that is gone counts as a damaged one, so that the others can be
   * searched and played from anywhere. Where it is the first one, all may be
   * gone, and the blob store be the wrong one.
   */
  async #readChunk(
    id: string,
    { index, blobKey }: StoredChunk,
  ): Promise<Uint8Array> {
    try {
      return await buffer(await this.#blobs.get(blobKey));
    } catch (error) {
      if (!isError(error) || error.name !== 'NotFoundError' || index === 0) {
        throw error;
      }
      this.#logger.warn(
        `Chunk ${index} of recording ${id} is gone: it is indexed without it`,
      );
      return Uint8Array.of(NO_FRAME);
    }
  }
}

/** A sidecar that a disk has damaged is made again. */
async function isSound(sidecar: Uint8Array): Promise<boolean> {
  try {
    decodeSidecar(await decompressSidecar(sidecar));
    return true;
  } catch (error) {
    if (error instanceof SidecarError) {
      return false;
    }
    throw error;
  }
}

const MAX_FAILURE_CHARACTERS = 1024;

/** What is known already, and why there is no more. */
async function failedSidecar(
  before: Uint8Array | undefined,
  range: PartRange,
  { code, message }: IndexingError,
): Promise<Uint8Array> {
  const known = before
    ? decodeSidecar(await decompressSidecar(before))
    : { content: EMPTY_SIDECAR, keyframes: new Uint8Array() };
  const content: Sidecar = {
    ...known.content,
    isComplete: false,
    failure: {
      code,
      message: message.slice(0, MAX_FAILURE_CHARACTERS),
      chunk: range.from,
    },
  };
  return compressSidecar(encodeSidecar({ ...known, content }));
}
