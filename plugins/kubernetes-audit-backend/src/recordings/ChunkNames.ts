import { recordingBlobs } from './RecordingStore';

/** `<index>-<SHA-256>`, then who has put it and on which day; early ones have no more than the first two. */
const CHUNK_NAME = /^(\d{1,9})-[0-9a-f]{64}(?:-([0-9a-f]+)-\d{8})?$/;

/**
 * Names the blobs of chunks: by their content, so that what a crash left behind
 * without a row does not stand in the way of other bytes; by the database that
 * they were put for, so that no portal takes another one's for its own; and by
 * the day, so that a name is never used again once it has been passed over.
 */
export class ChunkNames {
  static create(options: {
    /** Of the database, in hex; see {@link readBlobOwner}. */
    owner: string;
    /** Milliseconds since 1970. */
    now: () => number;
  }): ChunkNames {
    return new ChunkNames(options.owner, options.now);
  }

  private constructor(
    private readonly owner: string,
    private readonly now: () => number,
  ) {}

  /**
   * @param checksum - SHA-256, in hex
   * @returns the key to put the chunk under, now
   */
  keyOf(id: string, index: number, checksum: string): string {
    const day = new Date(this.now())
      .toISOString()
      .slice(0, 10)
      .replaceAll('-', '');
    return `${recordingBlobs(id)}${index}-${checksum}-${this.owner}-${day}`;
  }

  /**
   * What a chunk's name says.
   *
   * @param name - of the blob, below its recording
   * @returns undefined when it is no chunk's
   */
  read(name: string): { index: number; isOwn: boolean } | undefined {
    const [, index, owner] = CHUNK_NAME.exec(name) ?? [];
    return index === undefined
      ? undefined
      : { index: Number(index), isOwn: owner === this.owner };
  }
}
