import type { FilterPredicate } from '@backstage/filter-predicates';
import type {
  LegalHold,
  Recording,
  RecordingChunk,
  RecordingCompletion,
  RecordingHeader,
  RecordingPage,
} from 'backstage-plugin-kubernetes-audit-common';
import type { PageRequest } from '../database';
import type { CastSizeState } from './CastSizeCounter';

/** Which recordings are asked for; the parts are joined by AND. */
export type RecordingQuery = PageRequest & {
  /** A filter predicate over the recording's fields, as parsed JSON. */
  filter?: unknown;
  /** Bounds of the start: milliseconds since 1970, included. */
  from?: number;
  /** Not included. */
  to?: number;
  /** A part of the user's name or e-mail, the cluster's name, the client's address or name, in any case. */
  search?: string;
  /** Of the recordings that do not match this filter, none is there for whoever asks. */
  visible?: FilterPredicate;
};

/** A chunk and where its bytes are. */
export type StoredChunk = RecordingChunk & {
  /** SHA-256 of the bytes as they came, in hex. */
  checksum: string;
  blobKey: string;
};

/** How far a recording has come. */
export type RecordingProgress = {
  agentId: string;
  header: RecordingHeader;
  chunkCount: number;
  castSize: CastSizeState;
  /** Undefined while it goes on. */
  completion?: RecordingCompletion;
};

/** Reads and writes what is known of recordings; their bytes are in the blob store. */
export interface RecordingStore {
  /**
   * @throws InputError when the filter or the cursor is malformed
   */
  list(query: RecordingQuery): Promise<RecordingPage>;

  get(id: string, visible?: FilterPredicate): Promise<Recording | undefined>;

  /** The chunks of a recording in order. */
  listChunks(id: string): Promise<StoredChunk[]>;

  getChunk(id: string, index: number): Promise<StoredChunk | undefined>;

  getProgress(id: string): Promise<RecordingProgress | undefined>;

  /**
   * Adds the next chunk and the size that the recording has with it. Chunk 0
   * makes the recording.
   *
   * @returns false, with nothing changed, when the chunk is no longer the next one, or the recording is complete or being removed
   */
  append(
    recording: { agentId: string; header: RecordingHeader },
    chunk: StoredChunk,
    castSize: CastSizeState,
  ): Promise<boolean>;

  /**
   * @returns false, with nothing changed, when the recording is complete already, is being removed or has another number of chunks
   */
  complete(id: string, completion: RecordingCompletion): Promise<boolean>;

  /**
   * Places a legal hold, which keeps the recording from being deleted, or takes it away.
   *
   * @returns false when there is no such recording, or its deletion has begun
   */
  setLegalHold(id: string, hold: LegalHold | undefined): Promise<boolean>;

  /** Ids, in order, of those without a legal hold that may go, and of those whose deletion has begun. */
  listRemovable(query: {
    /** Milliseconds since 1970, not included; for those that have ended. */
    startedBefore: number | undefined;
    /** The same for those that have not. */
    abandonedBefore: number | undefined;
    /** The id before the first one. */
    after: string | undefined;
    limit: number;
  }): Promise<string[]>;

  /**
   * From now on nobody finds the recording any more.
   *
   * @returns false when it has a legal hold, or is not there
   */
  beginRemoval(id: string, at: Date): Promise<boolean>;

  /** Forgets a recording whose removal has begun. */
  remove(id: string): Promise<void>;

  /**
   * What has a row: which of these recordings, also those whose removal has
   * begun, and the blobs of their chunks with one of these indexes at least.
   */
  findNamed(query: {
    ids: readonly string[];
    indexes: readonly number[];
  }): Promise<{ ids: Set<string>; blobKeys: Set<string> }>;
}

/** What the blobs of a recording begin with. */
export const recordingBlobs = (id: string) => `recordings/${id.toLowerCase()}/`;
