import type {
  BackstageCredentials,
  BackstageUserPrincipal,
} from '@backstage/backend-plugin-api';
import { NotAllowedError, NotFoundError } from '@backstage/errors';
import {
  ExportEncryption,
  Frame,
  Recording,
  RecordingDetail,
  RecordingEvent,
  RecordingFileFormat,
  RecordingPage,
  recordingManagePermission,
  recordingPlayPermission,
  recordingReadPermission,
} from 'backstage-plugin-kubernetes-audit-common';
import type { BlobStore } from 'backstage-plugin-kubernetes-audit-node';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { z } from 'zod';
import type { Authorizer } from '../authorization';
import type { KubernetesAuditConfig } from '../config';
import { RecordingReplay, SidecarCache } from './replay';
import { encryptedZip } from '../encryptedZip';
import { createRecordingFileWriter } from './file';
import { readEvents, readFrames, withoutCompression } from './readChunk';
import type {
  RecordingQuery,
  RecordingStore,
  StoredChunk,
} from './RecordingStore';

type UserCredentials = BackstageCredentials<BackstageUserPrincipal>;

/** What a recording wants to know of the audit events. */
export type SessionEvents = {
  /** Whether there still is an event of the session. */
  hasSession(sessionId: string): Promise<boolean>;
};

/** A recording as a file. */
export type RecordingFile = {
  /** ASCII letters, digits, `.`, `_` and `-`. */
  fileName: string;
  contentType: string;
  /** Errors in the middle break it off. */
  content: Readable;
};

/**
 * The recordings as a user may see them. To see the list is one permission,
 * to open a recording in any way another.
 */
export class RecordingLibrary {
  readonly #store: RecordingStore;
  readonly #blobs: BlobStore;
  readonly #sidecars: SidecarCache;
  readonly #authorizer: Authorizer;
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
    return this.#store.list(query);
  }

  /**
   * @throws NotAllowedError, NotFoundError
   */
  async open(
    credentials: UserCredentials,
    id: string,
  ): Promise<RecordingDetail> {
    const recording = await this.#require(credentials, id);
    const chunks = await this.#store.listChunks(id);
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

  /**
   * The frames of a chunk without compression.
   *
   * @throws NotAllowedError, NotFoundError
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
    return withoutCompression(await this.#readFrames(chunk));
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
    return RecordingReplay.open({
      recording,
      chunks: await this.#store.listChunks(id),
      sidecars: this.#sidecars,
      readEvents: async chunk => {
        const events: RecordingEvent[] = [];
        for await (const more of readEvents(await this.#readFrames(chunk))) {
          events.push(...more);
        }
        return events;
      },
    });
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
    return {
      fileName: fileNameOf(recording, format),
      contentType:
        format === 'text'
          ? 'text/plain; charset=utf-8'
          : 'application/x-asciicast',
      content: Readable.from(this.#fileContent(recording, format), {
        objectMode: false,
      }),
    };
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
    const { format, password } = options;
    const recording = await this.#require(credentials, id);
    if (this.#exportEncryption === 'off') {
      throw new NotAllowedError(
        `kubernetesAudit.export.encryption is off: use GET /v1/recordings/${id}/download`,
      );
    }
    const fileName = fileNameOf(recording, format);
    return {
      fileName: `${fileName}.zip`,
      contentType: 'application/zip',
      content: encryptedZip({
        fileName,
        content: this.#fileContent(recording, format),
        password,
      }),
    };
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

  async *#fileContent(
    recording: Recording,
    format: RecordingFileFormat,
  ): AsyncGenerator<Buffer> {
    const writer = createRecordingFileWriter(format, recording);
    yield Buffer.from(writer.head());
    for (const chunk of await this.#store.listChunks(recording.id)) {
      for await (const events of readEvents(await this.#readFrames(chunk))) {
        yield Buffer.from(events.map(event => writer.write(event)).join(''));
      }
    }
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
    await this.#authorizer.require(credentials, recordingPlayPermission);
    const recording = z.uuid().safeParse(id).success
      ? await this.#store.get(id)
      : undefined;
    if (!recording) {
      throw new NotFoundError(`No recording with id ${id}`);
    }
    return recording;
  }

  async #readFrames(chunk: StoredChunk): Promise<Frame[]> {
    return readFrames(await buffer(await this.#blobs.get(chunk.blobKey)));
  }
}

/** Characters of a file name at the most. */
const MAX_FILE_NAME = 200;

function fileNameOf({ name }: Recording, format: RecordingFileFormat): string {
  const safe = name
    .replace(/[^A-Za-z0-9._-]+/g, '_')
    .replace(/^\.+/, '')
    .slice(0, MAX_FILE_NAME);
  return `${safe || 'recording'}${format === 'text' ? '.txt' : '.cast'}`;
}
