import { isError, NotFoundError } from '@backstage/errors';
import { LRUCache } from 'lru-cache';
import {
  Sidecar,
  SidecarError,
  SidecarPart,
  WithKeyframes,
} from 'backstage-plugin-kubernetes-audit-common';
import {
  PartRange,
  planParts,
  RecordingIndexer,
  SidecarStore,
  SidecarVersion,
} from '../indexing';
import type { StoredChunk } from '../RecordingStore';

/** Sidecars that stay decoded: a playback asks for its own again and again. */
const MAX_SIDECARS = 16;
/** The same of their parts, which may hold megabytes. */
const MAX_PARTS = 16;

/** Bytes of keyframes that are kept. */
const MAX_KEYFRAME_BYTES = 64 * 1024 * 1024;

type SidecarOf = { id: string; version: SidecarVersion };
type PartOf = { id: string; range: PartRange };

/** Sidecars as players need them: decoded, and asked for where they are missing. */
export class SidecarCache {
  readonly #indexer: Pick<RecordingIndexer, 'request' | 'requestRebuild'>;
  readonly #sidecars: LRUCache<string, Sidecar, SidecarOf>;
  readonly #parts: LRUCache<string, WithKeyframes<SidecarPart>, PartOf>;

  readonly #keyframes: LRUCache<string, Uint8Array, PartOf>;

  static create(options: {
    sidecars: SidecarStore;
    indexer: Pick<RecordingIndexer, 'request' | 'requestRebuild'>;
  }): SidecarCache {
    return new SidecarCache(options.sidecars, options.indexer);
  }

  private constructor(
    sidecars: SidecarStore,
    indexer: Pick<RecordingIndexer, 'request' | 'requestRebuild'>,
  ) {
    this.#indexer = indexer;
    this.#sidecars = new LRUCache({
      max: MAX_SIDECARS,
      fetchMethod: (_key, _stale, { context: { id, version } }) =>
        this.#orAnew(
          id,
          async () => (await sidecars.read(id, version))?.content,
        ),
    });
    this.#parts = new LRUCache({
      max: MAX_PARTS,
      fetchMethod: (_key, _stale, { context: { id, range } }) =>
        this.#orAnew(id, () => sidecars.readPart(id, range)),
    });
    this.#keyframes = new LRUCache({
      maxSize: MAX_KEYFRAME_BYTES,
      sizeCalculation: ({ length }) => Math.max(length, 1),
      fetchMethod: (_key, _stale, { context: { id, range } }) =>
        this.#orAnew(
          id,
          async () =>
            // A copy: a view would hold on to the text beside it.
            new Uint8Array(await sidecars.readKeyframes(id, range)),
        ),
    });
  }

  /**
   * The sidecar, or while there is none the one of as many chunks as possible;
   * what is missing is made in the background.
   *
   * @throws NotFoundError when there is none at all yet
   */
  async latest(id: string, chunks: readonly StoredChunk[]): Promise<Sidecar> {
    const final = await this.#fetch(id, 'final');
    if (final) {
      return final;
    }
    this.#indexer.request(id);
    for (const { to } of planParts(chunks, false).reverse()) {
      const partial = await this.#fetch(id, to);
      if (partial) {
        return partial;
      }
    }
    throw new NotFoundError(`Recording ${id} is not indexed yet`);
  }

  /** The keyframes of a part. @throws NotFoundError when they are to be made again */
  async keyframes(id: string, range: PartRange): Promise<Uint8Array> {
    return await this.#keyframes.forceFetch(keyOf(id, range), {
      context: { id, range },
    });
  }

  /** @throws NotFoundError when it is to be made again */
  async part(
    id: string,
    range: PartRange,
  ): Promise<WithKeyframes<SidecarPart>> {
    return await this.#parts.forceFetch(keyOf(id, range), {
      context: { id, range },
    });
  }

  /**
   * What is damaged, or is not there although something names it, is made
   * again in the background.
   *
   * @throws NotFoundError until then
   */
  async #orAnew<T>(id: string, read: () => Promise<T>): Promise<T> {
    try {
      return await read();
    } catch (error) {
      const isDamaged =
        error instanceof SidecarError ||
        (isError(error) && error.name === 'NotFoundError');
      if (!isDamaged) {
        throw error;
      }
      this.#indexer.requestRebuild(id);
      throw new NotFoundError(
        `What the portal knows of recording ${id} is damaged, and is made again`,
        error,
      );
    }
  }

  async #fetch(
    id: string,
    version: SidecarVersion,
  ): Promise<Sidecar | undefined> {
    return await this.#sidecars.fetch(`${id}/${version}`, {
      context: { id, version },
    });
  }
}

function keyOf(id: string, { from, to }: PartRange): string {
  return `${id}/${from}-${to}`;
}
