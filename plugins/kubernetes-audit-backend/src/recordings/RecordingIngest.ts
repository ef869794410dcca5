import {
  ConflictError,
  InputError,
  NotAllowedError,
  NotFoundError,
} from '@backstage/errors';
import {
  Frame,
  RecordingCompletion,
  RecordingHeader,
  recordingHeaderSchema,
} from 'backstage-plugin-kubernetes-audit-common';
import type { BlobStore } from 'backstage-plugin-kubernetes-audit-node';
import { createHash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import type { Agent } from '../agents';
import { withSpan } from '../tracing';
import { CastSizeCounter } from './CastSizeCounter';
import type { ChunkNames } from './ChunkNames';
import type { RecordingIndexer } from './indexing';
import { readEvents, readFrames, uncompressedSize } from './readChunk';
import type { RecordingProgress, RecordingStore } from './RecordingStore';

/** How often a chunk is tried that another upload of the same recording has overtaken. */
const MAX_ATTEMPTS = 3;

/** The chunk does not continue the recording; `nextIndex` is the one that does. */
class ChunkOrderError extends ConflictError {
  readonly name = 'ConflictError';

  constructor(id: string, index: number, readonly nextIndex: number) {
    super(
      `Chunk ${index} does not continue recording ${id}: the next index is ${nextIndex}`,
    );
  }
}

/** Takes the chunks of recordings from agents: in order, immutable, as often as they are sent. */
export class RecordingIngest {
  static create(options: {
    store: RecordingStore;
    blobs: BlobStore;
    names: ChunkNames;
    indexer: Pick<RecordingIndexer, 'onChunk' | 'request'>;
  }): RecordingIngest {
    return new RecordingIngest(
      options.store,
      options.blobs,
      options.names,
      options.indexer,
    );
  }

  private constructor(
    private readonly store: RecordingStore,
    private readonly blobs: BlobStore,
    private readonly names: ChunkNames,
    private readonly indexer: Pick<RecordingIndexer, 'onChunk' | 'request'>,
  ) {}

  /**
   * Stores a chunk; the same bytes again change nothing.
   *
   * @param chunk - `id` is a UUID, `bytes` are whole frames
   * @returns the index that comes next
   * @throws FrameError or InputError when the bytes are no chunk; NotAllowedError when the recording is not the agent's; ConflictError when the index was stored with other bytes or is not the next one, or the recording is complete
   */
  async putChunk(
    agent: Agent,
    chunk: { id: string; index: number; bytes: Uint8Array },
  ): Promise<{ nextIndex: number }> {
    const checksum = createHash('sha256').update(chunk.bytes).digest('hex');
    const described = {
      'agent.id': agent.id,
      'recording.id': chunk.id,
      'chunk.index': chunk.index,
      'chunk.bytes': chunk.bytes.length,
    };
    return withSpan('recording.store_chunk', described, async () => {
      for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt++) {
        const nextIndex = await this.#tryPut(agent, { ...chunk, checksum });
        if (nextIndex !== undefined) {
          return { nextIndex };
        }
      }
      throw new ConflictError(`Recording ${chunk.id} is being uploaded twice`);
    });
  }

  /**
   * Ends a recording; the same end again changes nothing.
   *
   * @throws NotFoundError; NotAllowedError when the recording is not the agent's; ConflictError when chunks are missing, or it has ended otherwise
   */
  async complete(
    agent: Agent,
    id: string,
    completion: RecordingCompletion,
  ): Promise<void> {
    const changed = await this.store.complete(
      await this.#ownId(agent, id),
      completion,
    );
    if (changed) {
      this.indexer.request(id);
      return;
    }
    const progress = await this.store.getProgress(id);
    if (!progress?.completion) {
      throw new ConflictError(
        `Recording ${id} has ${progress?.chunkCount} chunks, not ${completion.chunkCount}: the next index is ${progress?.chunkCount}`,
      );
    }
    if (!isDeepStrictEqual(progress.completion, completion)) {
      throw new ConflictError(`Recording ${id} has ended otherwise`);
    }
  }

  async #ownId(agent: Agent, id: string): Promise<string> {
    const progress = await this.store.getProgress(id);
    if (!progress) {
      throw new NotFoundError(`No recording with id ${id}`);
    }
    requireOwn(agent, progress);
    return id;
  }

  /** @returns undefined when another upload was faster: look again */
  async #tryPut(
    agent: Agent,
    chunk: { id: string; index: number; bytes: Uint8Array; checksum: string },
  ): Promise<number | undefined> {
    const { id, index, checksum } = chunk;
    const progress = await this.store.getProgress(id);
    if (progress) {
      requireOwn(agent, progress);
    }
    const nextIndex = progress?.chunkCount ?? 0;
    if (index < nextIndex) {
      const stored = await this.store.getChunk(id, index);
      if (stored?.checksum !== checksum) {
        throw new ConflictError(
          `Chunk ${index} of recording ${id} is stored with other bytes: the next index is ${nextIndex}`,
        );
      }
      return nextIndex;
    }
    if (index > nextIndex) {
      throw new ChunkOrderError(id, index, nextIndex);
    }
    if (progress?.completion) {
      throw new ConflictError(`Recording ${id} is complete`);
    }

    const frames = readFrames(chunk.bytes);
    if (frames.length === 0) {
      throw new InputError('A chunk has one frame at least');
    }
    const header = progress?.header ?? (await readHeader(frames, id));
    agent.requireClusters([header.clusterName]);
    const counter = progress
      ? CastSizeCounter.resume(header, progress.castSize)
      : CastSizeCounter.create(header);
    for await (const events of readEvents(frames)) {
      events.forEach(event => counter.add(event));
    }

    const blobKey = this.names.keyOf(id, index, checksum);
    await this.blobs.put(blobKey, chunk.bytes);
    const appended = await this.store.append(
      { agentId: agent.id, header },
      {
        index,
        firstTime: frames[0].header.firstTime,
        lastTime: frames[frames.length - 1].header.lastTime,
        sizeBytes: uncompressedSize(frames),
        checksum,
        blobKey,
      },
      counter.state,
    );
    if (!appended) {
      return undefined;
    }
    this.indexer.onChunk(id, index);
    return index + 1;
  }
}

function requireOwn(agent: Agent, progress: RecordingProgress): void {
  if (progress.agentId !== agent.id) {
    throw new NotAllowedError('The recording is of another agent');
  }
}

/** What a recording says of itself, in the first event of its first frame. */
async function readHeader(
  frames: readonly Frame[],
  id: string,
): Promise<RecordingHeader> {
  const { value: events } = await readEvents(frames).next();
  const first = Array.isArray(events) ? events[0] : undefined;
  if (first?.type !== 'header') {
    throw new InputError('Chunk 0 does not begin with the header event');
  }
  const result = recordingHeaderSchema.safeParse(
    parseJson(Buffer.from(first.data).toString('utf8')),
  );
  if (!result.success) {
    const [{ path, message }] = result.error.issues;
    throw new InputError(
      `The recording's header: ${path.join('.') || 'value'}: ${message}`,
    );
  }
  if (result.data.id.toLowerCase() !== id.toLowerCase()) {
    throw new InputError(
      `The recording's header is of ${result.data.id}, not of ${id}`,
    );
  }
  return result.data;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
