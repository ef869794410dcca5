import type {
  BackstageCredentials,
  BackstageUserPrincipal,
} from '@backstage/backend-plugin-api';
import {
  isError,
  NotAllowedError,
  NotFoundError,
  ServiceUnavailableError,
} from '@backstage/errors';
import {
  encodeRecordingMoment,
  ExportEncryption,
  Recording,
  RecordingDetail,
  RecordingEvent,
  RecordingFileFormat,
  RecordingMoment,
  RecordingPage,
  recordingManagePermission,
  recordingPlayPermission,
  recordingReadPermission,
  RecordingTimeline,
  recordingViewPermission,
} from 'backstage-plugin-kubernetes-audit-common';
import type { BlobStore } from 'backstage-plugin-kubernetes-audit-node';
import { LRUCache } from 'lru-cache';
import { buffer } from 'node:stream/consumers';
import { z } from 'zod';
import type { Authorizer } from '../authorization';
import type { KubernetesAuditConfig } from '../config';
import {
  collectChunks,
  RecordingReplay,
  SidecarCache,
  timelineOf,
} from './replay';
import { EMPTY_SIDECAR } from './indexing';
import { plainFrames } from './plainFrames';
import { RecordingFile, RecordingFiles } from './RecordingFiles';
import type {
  RecordingQuery,
  RecordingStore,
  StoredChunk,
} from './RecordingStore';

/** Chunks of recordings whose tables are kept, in all. */
const MAX_KEPT_CHUNKS = 200_000;

type UserCredentials = BackstageCredentials<BackstageUserPrincipal>;

/** What a recording wants to know of the audit events. */
export type SessionEvents = {
  /** Whether there still is an event of the session. */
  hasSession(sessionId: string): Promise<boolean>;
};

/**
 * The recordings as a user may see them. To see the list is one permission,
 * to open a recording in any way another, and which ones a third.
 */
export class RecordingLibrary {
  readonly #store: RecordingStore;
  readonly #blobs: BlobStore;
  readonly #files: RecordingFiles;
  readonly #sidecars: SidecarCache;
  readonly #authorizer: Authorizer;
  readonly #chunkTables: LRUCache<string, readonly StoredChunk[]>;
  readonly #maxPlaybackSize: number | undefined;
  readonly #now: () => number;
  readonly #events: SessionEvents;
  readonly #keepEventsMs: number | undefined;
  readonly #exportEncryption: ExportEncryption;

  static create(options: {
    store: RecordingStore;
    blobs: BlobStore;
    sidecars: SidecarCache;
    events: SessionEvents;
    authorizer: Authorizer;
    config: KubernetesAuditConfig;
    /** Milliseconds since 1970. */
    now: () => number;
  }): RecordingLibrary {
    return new RecordingLibrary(options);
  }

  private constructor(options: {
    store: RecordingStore;
    blobs: BlobStore;
    sidecars: SidecarCache;
    events: SessionEvents;
    authorizer: Authorizer;
    config: KubernetesAuditConfig;
    now: () => number;
  }) {
    const { maxPlaybackSize } = options.config.recordings;
    this.#store = options.store;
    this.#blobs = options.blobs;
    this.#files = RecordingFiles.create(options);
    this.#chunkTables = new LRUCache({
      maxSize: MAX_KEPT_CHUNKS,
      sizeCalculation: ({ length }) => Math.max(length, 1),
      fetchMethod: id => this.#store.listChunks(id),
    });
    this.#sidecars = options.sidecars;
    this.#events = options.events;
    this.#authorizer = options.authorizer;
    this.#keepEventsMs = options.config.retention.eventsMs;
    this.#maxPlaybackSize =
      maxPlaybackSize === 'unlimited' ? undefined : maxPlaybackSize;
    this.#now = options.now;
    this.#exportEncryption = options.config.export.encryption;
  }

  /**
   * @throws NotAllowedError, and what {@link RecordingStore.list} throws
   */
  async list(
    credentials: UserCredentials,
    query: RecordingQuery,
  ): Promise<RecordingPage> {
    await this.#authorizer.require(credentials, recordingReadPermission);
    const visible = await this.#visible(credentials);
    return this.#store.list({ ...query, visible });
  }

  /**
   * @throws NotAllowedError, NotFoundError
   */
  async open(
    credentials: UserCredentials,
    id: string,
  ): Promise<RecordingDetail> {
    const recording = await this.#require(credentials, id);
    return await this.#describe(recording, await this.#chunksOf(recording));
  }

  /**
   * The same with what shows it at a time, in microseconds, if it may be
   * played: so far as that is known, the screen and what happened from there.
   *
   * @returns an encoded moment
   * @throws NotAllowedError, NotFoundError
   */
  async openAt(
    credentials: UserCredentials,
    id: string,
    time: number,
  ): Promise<Uint8Array> {
    const recording = await this.#require(credentials, id);
    const chunks = await this.#chunksOf(recording);
    const isPlayable =
      this.#maxPlaybackSize === undefined ||
      recording.sizeBytes <= this.#maxPlaybackSize;
    return encodeRecordingMoment({
      recording: await this.#describe(recording, isPlayable ? chunks : []),
      moment: isPlayable
        ? await this.#momentOf(recording, chunks, time)
        : { chunks: [] },
    });
  }

  /**
   * What shows a recording at a time, in microseconds.
   *
   * @returns an encoded moment
   * @throws NotAllowedError; NotFoundError, also while the recording is not indexed
   */
  async moment(
    credentials: UserCredentials,
    id: string,
    time: number,
  ): Promise<Uint8Array> {
    const replay = await this.replay(credentials, id);
    return encodeRecordingMoment({ moment: await replay.moment(time) });
  }

  /**
   * The frames of a chunk without compression.
   *
   * @throws NotAllowedError, NotFoundError, ServiceUnavailableError
   */
  async readChunk(
    credentials: UserCredentials,
    id: string,
    index: number,
  ): Promise<Uint8Array> {
    await this.#require(credentials, id);
    const chunk = await this.#store.getChunk(id, index);
    if (!chunk) {
      throw new NotFoundError(`Recording ${id} has no chunk ${index}`);
    }
    return this.#readUncompressed(chunk);
  }

  /**
   * What players ask of a recording beside its chunks.
   *
   * @throws NotAllowedError; NotFoundError, also while the recording is not indexed
   */
  async replay(
    credentials: UserCredentials,
    id: string,
  ): Promise<RecordingReplay> {
    const recording = await this.#require(credentials, id);
    return this.#openReplay(recording, await this.#chunksOf(recording));
  }

  /**
   * What happens in a recording over its time; of a running session as far as
   * that is known, which may be nothing yet.
   *
   * @throws NotAllowedError; NotFoundError, also while a recording that has ended is not indexed
   */
  async timeline(
    credentials: UserCredentials,
    id: string,
  ): Promise<RecordingTimeline> {
    const recording = await this.#require(credentials, id);
    try {
      const chunks = await this.#chunksOf(recording);
      return (await this.#openReplay(recording, chunks)).timeline();
    } catch (error) {
      if (
        recording.status === 'recording' &&
        isError(error) &&
        error.name === 'NotFoundError'
      ) {
        return timelineOf(EMPTY_SIDECAR);
      }
      throw error;
    }
  }

  /**
   * @throws NotAllowedError, also when recordings may only leave encrypted; NotFoundError
   */
  async download(
    credentials: UserCredentials,
    id: string,
    format: RecordingFileFormat,
  ): Promise<RecordingFile> {
    const recording = await this.#require(credentials, id);
    if (this.#exportEncryption === 'required') {
      throw new NotAllowedError(
        `kubernetesAudit.export.encryption is required: use POST /v1/recordings/${id}/export`,
      );
    }
    return this.#files.plain(recording, format);
  }

  /**
   * The recording in a ZIP archive that needs the password.
   *
   * @throws NotAllowedError, also when nothing is to be encrypted here; NotFoundError
   */
  async export(
    credentials: UserCredentials,
    id: string,
    options: { format: RecordingFileFormat; password: string },
  ): Promise<RecordingFile> {
    const recording = await this.#require(credentials, id);
    if (this.#exportEncryption === 'off') {
      throw new NotAllowedError(
        `kubernetesAudit.export.encryption is off: use GET /v1/recordings/${id}/download`,
      );
    }
    return this.#files.encrypted(recording, options);
  }

  /**
   * Places a legal hold, or with no reason takes it away.
   *
   * @throws NotAllowedError, NotFoundError
   */
  async setLegalHold(
    credentials: UserCredentials,
    id: string,
    reason: string | undefined,
  ): Promise<void> {
    await this.#authorizer.require(credentials, recordingManagePermission);
    const hold =
      reason === undefined
        ? undefined
        : {
            since: new Date(this.#now()).toISOString(),
            by: credentials.principal.userEntityRef,
            reason,
          };
    const isThere =
      z.uuid().safeParse(id).success &&
      (await this.#store.setLegalHold(id, hold));
    if (!isThere) {
      throw new NotFoundError(`No recording with id ${id}`);
    }
  }

  async #describe(
    recording: Recording,
    chunks: readonly StoredChunk[],
  ): Promise<RecordingDetail> {
    const eventsAreGone = await this.#eventsAreGone(recording);
    return {
      ...recording,
      chunks: chunks.map(({ index, firstTime, lastTime, sizeBytes }) => ({
        index,
        firstTime,
        lastTime,
        sizeBytes,
      })),
      maxPlaybackSize: this.#maxPlaybackSize,
      exportEncryption: this.#exportEncryption,
      ...(eventsAreGone && { eventsAreGone }),
    };
  }

  async #momentOf(
    recording: Recording,
    chunks: readonly StoredChunk[],
    time: number,
  ): Promise<RecordingMoment> {
    try {
      const replay = await this.#openReplay(recording, chunks);
      return await replay.moment(time);
    } catch (error) {
      if (!isError(error) || error.name !== 'NotFoundError') {
        throw error;
      }
      // Not indexed yet: the player finds its way from the start.
      const first = chunks.slice(0, 1);
      return {
        chunks: await collectChunks({
          chunks: first,
          readChunk: chunk => this.#readUncompressed(chunk),
          from: { chunk: 0, event: 0 },
          time: Infinity,
        }),
      };
    }
  }

  #openReplay(
    recording: Recording,
    chunks: readonly StoredChunk[],
  ): Promise<RecordingReplay> {
    return RecordingReplay.open({
      recording,
      chunks,
      sidecars: this.#sidecars,
      readChunk: chunk => this.#readUncompressed(chunk),
      readEvents: async chunk => {
        const events: RecordingEvent[] = [];
        for await (const more of this.#files.readEvents(chunk)) {
          // No spread: a frame can hold more events than a call takes arguments.
          more.forEach(event => events.push(event));
        }
        return events;
      },
    });
  }

  /** Of a recording that has ended they never change, and there may be many. */
  async #chunksOf(recording: Recording): Promise<readonly StoredChunk[]> {
    const { id } = recording;
    if (recording.status === 'recording') {
      return this.#store.listChunks(id);
    }
    return await this.#chunkTables.forceFetch(id.toLowerCase());
  }

  async #readUncompressed(chunk: StoredChunk): Promise<Uint8Array> {
    return plainFrames(await this.#read(chunk));
  }

  /** Events may still be on their way from the proxy: only old ones can be gone. */
  async #eventsAreGone({
    startedAt,
    sessionId,
  }: Recording): Promise<true | undefined> {
    const isOld =
      this.#keepEventsMs !== undefined &&
      Date.parse(startedAt) < this.#now() - this.#keepEventsMs;
    return isOld && !(await this.#events.hasSession(sessionId))
      ? true
      : undefined;
  }

  async #require(credentials: UserCredentials, id: string): Promise<Recording> {
    const [, visible] = await Promise.all([
      this.#authorizer.require(credentials, recordingPlayPermission),
      this.#visible(credentials),
    ]);
    const recording = z.uuid().safeParse(id).success
      ? await this.#store.get(id, visible)
      : undefined;
    if (!recording) {
      throw new NotFoundError(`No recording with id ${id}`);
    }
    return recording;
  }

  /** The same for every route: what a user does not see in the list is not there. */
  #visible(credentials: UserCredentials) {
    return this.#authorizer.visible(credentials, recordingViewPermission);
  }

  /** @throws NotFoundError; ServiceUnavailableError when the blob store does not answer: the chunk is not lost */
  async #read(chunk: StoredChunk): Promise<Uint8Array> {
    try {
      return await buffer(await this.#blobs.get(chunk.blobKey));
    } catch (error) {
      if (isError(error) && error.name === 'NotFoundError') {
        throw error;
      }
      throw new ServiceUnavailableError(
        'The store of recordings does not answer',
        error,
      );
    }
  }
}
