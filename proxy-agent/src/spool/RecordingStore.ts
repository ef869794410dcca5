import { RecordingDirectory } from './RecordingDirectory';

/** All recordings on the proxy's disk, with a limit on their bytes that is apart from the one of the events. */
export class RecordingStore {
  readonly #root: string;
  readonly #maxBytes: number;
  #bytes: number;

  static open(options: { root: string; maxBytes: number }): RecordingStore {
    return new RecordingStore(options.root, options.maxBytes);
  }

  private constructor(root: string, maxBytes: number) {
    this.#root = root;
    this.#maxBytes = maxBytes;
    this.#bytes = this.list().reduce((sum, item) => sum + item.bytes(), 0);
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

  create(id: string): RecordingDirectory {
    return RecordingDirectory.create(this.#root, id);
  }

  /** Oldest id first. */
  list(): RecordingDirectory[] {
    return RecordingDirectory.list(this.#root);
  }

  /** The portal has all of it. */
  remove(directory: RecordingDirectory): void {
    this.grown(-directory.bytes());
    directory.remove();
  }

  /** Keeps the sum in step with what was written, or, negative, removed. */
  grown(bytes: number): void {
    this.#bytes = Math.max(0, this.#bytes + bytes);
  }
}
