import type { RecordingCompletion } from 'backstage-plugin-kubernetes-audit-common';
import { RecordingDirectory } from './RecordingDirectory';

/** How a recording ended whose last frames could not be closed. */
export type RecordingEnd = Omit<RecordingCompletion, 'chunkCount'>;

/** A recording that has no completion, though no session writes it. */
export type UnfinishedRecording = {
  directory: RecordingDirectory;
  /** Undefined when the process that knew it is gone. */
  end: RecordingEnd | undefined;
};

/** All recordings on the proxy's disk, with a limit on their bytes that is apart from the one of the events. */
export class RecordingStore {
  readonly #root: string;
  readonly #maxBytes: number;
  readonly #bytesOf = new Map<string, number>();
  /** Recordings that a session of this process writes. */
  readonly #open = new Map<string, RecordingDirectory>();
  readonly #ends = new Map<string, RecordingEnd>();
  #bytes = 0;

  static open(options: { root: string; maxBytes: number }): RecordingStore {
    return new RecordingStore(options.root, options.maxBytes);
  }

  private constructor(root: string, maxBytes: number) {
    this.#root = root;
    this.#maxBytes = maxBytes;
    RecordingDirectory.sweep(root);
    this.list().forEach(directory => this.measure(directory));
  }

  /** Bytes on the disk. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Why nothing more can be recorded, in words for a user; undefined when there is room. */
  get full(): string | undefined {
    return this.#bytes >= this.#maxBytes
      ? `the recordings that wait for the portal have reached their limit of ${
          this.#maxBytes
        } bytes`
      : undefined;
  }

  /** A session begins to write a recording; it says when it has {@link ended}. */
  create(id: string): RecordingDirectory {
    const directory = RecordingDirectory.create(this.#root, id);
    this.#open.set(id, directory);
    return directory;
  }

  /**
   * A session writes no more.
   *
   * @param end - how it ended, when it could not be written down: then the recording is unfinished
   */
  ended(id: string, end?: RecordingEnd): void {
    this.#open.delete(id);
    if (end) {
      this.#ends.set(id, end);
    }
  }

  /** Oldest id first. */
  list(): RecordingDirectory[] {
    return RecordingDirectory.list(this.#root).map(
      directory => this.#open.get(directory.id) ?? directory,
    );
  }

  /** The recordings of sessions that are over and have no completion, oldest id first. */
  unfinished(): UnfinishedRecording[] {
    return this.list()
      .filter(
        directory => !this.#open.has(directory.id) && !directory.isComplete,
      )
      .map(directory => ({ directory, end: this.#ends.get(directory.id) }));
  }

  /** The portal has all of it, or there is nothing in it. */
  remove(directory: RecordingDirectory): void {
    directory.remove();
    this.#ends.delete(directory.id);
    this.#setBytes(directory.id, 0);
  }

  /** Keeps the sum in step with what was written to a recording, or, negative, removed. */
  grown(id: string, bytes: number): void {
    this.#setBytes(id, (this.#bytesOf.get(id) ?? 0) + bytes);
  }

  /** Looks at the disk for the bytes of a recording. */
  measure(directory: RecordingDirectory): void {
    this.#setBytes(directory.id, directory.bytes());
  }

  #setBytes(id: string, bytes: number): void {
    this.#bytes += bytes - (this.#bytesOf.get(id) ?? 0);
    if (bytes > 0) {
      this.#bytesOf.set(id, bytes);
    } else {
      this.#bytesOf.delete(id);
    }
  }
}
