import type {
  AuditorService,
  LoggerService,
} from '@backstage/backend-plugin-api';
import { toError } from '@backstage/errors';
import type {
  BlobStore,
  BlobSummary,
} from 'backstage-plugin-kubernetes-audit-node';
import type { ChunkNames, RecordingStore } from '../recordings';
import { withSpan } from '../tracing';

/**
 * A blob that was put so long ago belongs to no upload any more, in
 * milliseconds: one takes minutes, and the next day's uses another name.
 */
const SAFE_AGE_MS = 7 * 24 * 3600_000;
/** Blobs of one look into the database. */
const BATCH = 500;
/** Blobs of a recording that are held in memory. */
const MAX_PIECE = 500;

const BLOB =
  /^recordings\/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\/(.+)$/;

/** Old blobs of one recording, and what is known of the others. */
type Piece = {
  id: string;
  /** Chunks of this portal. */
  chunks: (BlobSummary & { index: number })[];
  /** What was made of chunks. */
  derived: BlobSummary[];
  /** Of a chunk, young ones and those of other portals included. */
  index: number | undefined;
  hasSeveralChunks: boolean;
  hasForeign: boolean;
  hasDerived: boolean;
  /** Others of the recording are in the piece before it. */
  goesOn: boolean;
  /** Others of the recording are in the piece behind it. */
  isCut: boolean;
};

type Sums = {
  /** Looked at. */
  blobs: number;
  removed: number;
  removedBytes: number;
  /** Recordings of which a blob could not be deleted. */
  failed: number;
  /** Recordings that must have had a row and have none. */
  unknown: number;
};

/**
 * Deletes blobs that no row names: of an upload that ended between its blob and
 * its row, and what an indexer wrote while its recording was being deleted.
 *
 * It never deletes what another portal has put into the same place, nor what
 * must have had a row here: several chunks, or a chunk that was indexed. Such a
 * recording without a row tells that the database is older than the blobs.
 */
export class OrphanSweep {
  readonly #options: Parameters<typeof OrphanSweep.create>[0];

  static create(options: {
    store: Pick<RecordingStore, 'findNamed'>;
    blobs: BlobStore;
    names: ChunkNames;
    auditor: AuditorService;
    logger: LoggerService;
    /** Milliseconds since 1970. */
    now: () => number;
  }): OrphanSweep {
    return new OrphanSweep(options);
  }

  private constructor(options: Parameters<typeof OrphanSweep.create>[0]) {
    this.#options = options;
  }

  /** Looks at all blobs once, until the signal comes; one that cannot be deleted does not keep the others. */
  async sweep(signal?: AbortSignal): Promise<void> {
    await withSpan('recordings.sweep', {}, async describe => {
      const sums = await this.#sweep(signal);
      describe({
        'orphans.removed': sums.removed,
        'orphans.failed': sums.failed,
        'orphans.unknown': sums.unknown,
      });
      this.#report(sums);
    });
  }

  async #sweep(signal: AbortSignal | undefined): Promise<Sums> {
    const sums: Sums = {
      blobs: 0,
      removed: 0,
      removedBytes: 0,
      failed: 0,
      unknown: 0,
    };
    let batch: Piece[] = [];
    let size = 0;
    for await (const piece of this.#pieces(sums, signal)) {
      batch.push(piece);
      size += piece.chunks.length + piece.derived.length;
      if (size >= BATCH) {
        await this.#settle(batch, sums);
        batch = [];
        size = 0;
      }
    }
    if (!signal?.aborted) {
      await this.#settle(batch, sums);
    }
    return sums;
  }

  /** Those that hold old blobs. A long recording comes in several. */
  async *#pieces(
    sums: Sums,
    signal: AbortSignal | undefined,
  ): AsyncGenerator<Piece> {
    const { blobs, now } = this.#options;
    const before = now() - SAFE_AGE_MS;
    let piece: Piece | undefined;
    for await (const blob of blobs.list('recordings/')) {
      if (signal?.aborted) {
        return;
      }
      sums.blobs += 1;
      const [, id, name] = BLOB.exec(blob.key) ?? [];
      if (id === undefined) {
        continue;
      }
      if (piece && piece.id !== id) {
        yield* nonEmpty(piece);
        piece = undefined;
      }
      piece ??= newPiece(id);
      this.#add(piece, blob, {
        name,
        isOld: blob.lastModified.getTime() < before,
      });
      if (piece.chunks.length + piece.derived.length >= MAX_PIECE) {
        yield { ...piece, isCut: true };
        piece = { ...newPiece(id), goesOn: true };
      }
    }
    if (piece) {
      yield* nonEmpty(piece);
    }
  }

  #add(
    piece: Piece,
    blob: BlobSummary,
    { name, isOld }: { name: string; isOld: boolean },
  ): void {
    const chunk = this.#options.names.read(name);
    if (!chunk) {
      piece.hasDerived = true;
      if (isOld) {
        piece.derived.push(blob);
      }
      return;
    }
    piece.index ??= chunk.index;
    piece.hasSeveralChunks ||= piece.index !== chunk.index;
    piece.hasForeign ||= !chunk.isOwn;
    if (chunk.isOwn && isOld) {
      piece.chunks.push({ ...blob, index: chunk.index });
    }
  }

  async #settle(batch: readonly Piece[], sums: Sums): Promise<void> {
    const named = await this.#options.store.findNamed({
      ids: [...new Set(batch.map(({ id }) => id))],
      indexes: [
        ...new Set(
          batch.flatMap(({ chunks }) => chunks.map(({ index }) => index)),
        ),
      ],
    });
    for (const piece of batch) {
      if (named.ids.has(piece.id)) {
        await this.#remove(
          piece.id,
          piece.chunks.filter(({ key }) => !named.blobKeys.has(key)),
          sums,
        );
      } else if (hadRow(piece)) {
        sums.unknown += piece.hasForeign || piece.goesOn ? 0 : 1;
      } else {
        await this.#remove(piece.id, [...piece.chunks, ...piece.derived], sums);
      }
    }
  }

  async #remove(
    id: string,
    orphans: readonly BlobSummary[],
    sums: Sums,
  ): Promise<void> {
    if (orphans.length === 0) {
      return;
    }
    const { blobs, auditor, logger } = this.#options;
    const sizeBytes = orphans.reduce((sum, blob) => sum + blob.sizeBytes, 0);
    const event = await auditor.createEvent({
      eventId: 'recording-orphans-delete',
      severityLevel: 'medium',
      meta: { id, blobs: orphans.length, sizeBytes },
    });
    try {
      for (const { key } of orphans) {
        await blobs.deleteObject(key);
      }
      sums.removed += orphans.length;
      sums.removedBytes += sizeBytes;
      await event.success();
    } catch (error) {
      sums.failed += 1;
      logger.error(
        `Blobs of recording ${id} that no row names could not be deleted`,
        toError(error),
      );
      await event.fail({ error: toError(error) });
    }
  }

  /** One line each time, so that its absence tells, too. */
  #report(sums: Sums): void {
    const { logger } = this.#options;
    const { failed, unknown } = sums;
    const summary = 'The blobs of recordings were looked through';
    if (failed > 0) {
      logger.error(`${summary}, and some could not be deleted`, sums);
    } else if (unknown > 0) {
      logger.warn(
        `${summary}: recordings without a row are kept, the database is older than they are`,
        sums,
      );
    } else {
      logger.info(summary, sums);
    }
  }
}

function newPiece(id: string): Piece {
  return {
    id,
    chunks: [],
    derived: [],
    index: undefined,
    hasSeveralChunks: false,
    hasForeign: false,
    hasDerived: false,
    goesOn: false,
    isCut: false,
  };
}

function* nonEmpty(piece: Piece): Generator<Piece> {
  if (piece.chunks.length + piece.derived.length > 0) {
    yield piece;
  }
}

/**
 * Whether a recording must once have had a row, here or in another database: an
 * upload that fails leaves its one chunk, and a row comes before the next one
 * and before what is made of it.
 */
function hadRow(piece: Piece): boolean {
  return (
    piece.goesOn ||
    piece.isCut ||
    piece.hasForeign ||
    piece.hasSeveralChunks ||
    (piece.index !== undefined && piece.hasDerived)
  );
}
