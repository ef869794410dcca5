import { isError } from '@backstage/errors';
import type {
  Recording,
  RecordingEvent,
  RecordingFileFormat,
} from 'backstage-plugin-kubernetes-audit-common';
import type { BlobStore } from 'backstage-plugin-kubernetes-audit-node';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { encryptedZip } from '../encryptedZip';
import { createRecordingFileWriter } from './file';
import { lostEvents, readSoundEvents } from './readSoundEvents';
import type { RecordingStore, StoredChunk } from './RecordingStore';

/** Characters of a file name at the most. */
const MAX_FILE_NAME = 200;

/** A recording as a file. */
export type RecordingFile = {
  /** ASCII letters, digits, `.`, `_` and `-`. */
  fileName: string;
  contentType: string;
  /** Errors in the middle break it off. */
  content: Readable;
};

/** Writes recordings as files while they are read, whatever their size. */
export class RecordingFiles {
  readonly #store: Pick<RecordingStore, 'listChunks'>;
  readonly #blobs: Pick<BlobStore, 'get'>;

  static create(options: {
    store: Pick<RecordingStore, 'listChunks'>;
    blobs: Pick<BlobStore, 'get'>;
  }): RecordingFiles {
    return new RecordingFiles(options);
  }

  private constructor(options: {
    store: Pick<RecordingStore, 'listChunks'>;
    blobs: Pick<BlobStore, 'get'>;
  }) {
    this.#store = options.store;
    this.#blobs = options.blobs;
  }

  plain(recording: Recording, format: RecordingFileFormat): RecordingFile {
    return {
      fileName: fileNameOf(recording, format),
      contentType:
        format === 'text'
          ? 'text/plain; charset=utf-8'
          : 'application/x-asciicast',
      content: Readable.from(this.#contentOf(recording, format), {
        objectMode: false,
      }),
    };
  }

  /** In a ZIP archive that needs the password. */
  encrypted(
    recording: Recording,
    options: { format: RecordingFileFormat; password: string },
  ): RecordingFile {
    const { format, password } = options;
    const fileName = fileNameOf(recording, format);
    return {
      fileName: `${fileName}.zip`,
      contentType: 'application/zip',
      content: encryptedZip({
        fileName,
        content: this.#contentOf(recording, format),
        password,
      }),
    };
  }

  /**
   * The events of each frame of a chunk, and what is missing of it. Without a
   * recording's first chunk there is nothing: the blob store may be the wrong one.
   */
  async *readEvents(chunk: StoredChunk): AsyncGenerator<RecordingEvent[]> {
    let bytes: Uint8Array;
    try {
      bytes = await buffer(await this.#blobs.get(chunk.blobKey));
    } catch (error) {
      if (
        !isError(error) ||
        error.name !== 'NotFoundError' ||
        chunk.index === 0
      ) {
        throw error;
      }
      yield lostEvents(chunk);
      return;
    }
    yield* readSoundEvents(bytes);
  }

  async *#contentOf(
    recording: Recording,
    format: RecordingFileFormat,
  ): AsyncGenerator<Buffer> {
    const writer = createRecordingFileWriter(format, recording);
    yield Buffer.from(writer.head());
    for (const chunk of await this.#store.listChunks(recording.id)) {
      for await (const events of this.readEvents(chunk)) {
        yield Buffer.from(events.map(event => writer.write(event)).join(''));
      }
    }
  }
}

function fileNameOf({ name }: Recording, format: RecordingFileFormat): string {
  const safe = name
    .replace(/[^A-Za-z0-9._-]+/g, '_')
    .replace(/^\.+/, '')
    .slice(0, MAX_FILE_NAME);
  return `${safe || 'recording'}${format === 'text' ? '.txt' : '.cast'}`;
}
