import { FileHandle, open } from 'node:fs/promises';
import {
  decodeFrame,
  FRAME_HEADER_BYTES,
  MAX_FRAME_BODY_BYTES,
} from 'backstage-plugin-kubernetes-audit-common';

/** Read from the disk at once, in bytes: some frames, where the delivery lags behind. */
const READ_BYTES = 512 * 1024;
/** Where a frame's header has the length of its body. */
const BODY_BYTES_OFFSET = 12;

/** Bytes of a file, and where they stand in it. */
type Piece = { offset: number; bytes: Buffer };

/** Reads the frames of a file one after the other, some of them at once. */
export class FrameReader {
  readonly #file: string;
  /** Used again and again: what is read is sent and forgotten. */
  #memory: Buffer | undefined;
  /** What was read and is not used up. */
  #ahead: Piece | undefined;

  static of(file: string): FrameReader {
    return new FrameReader(file);
  }

  private constructor(file: string) {
    this.#file = file;
  }

  /**
   * The frame at an offset.
   *
   * @param end - of what was written, where that is known
   * @returns its bytes, good until the next call; undefined when no whole frame is there (yet)
   * @throws FrameError when the bytes there are no frame
   */
  async read(offset: number, end?: number): Promise<Buffer | undefined> {
    const ahead = this.#ahead?.offset === offset ? this.#ahead : undefined;
    return (
      (ahead && this.#takeFrame(ahead)) ??
      this.#takeFrame(await this.#readPiece(offset, end))
    );
  }

  /** Gives its memory back. */
  release(): void {
    this.#memory = undefined;
    this.#ahead = undefined;
  }

  #takeFrame({ offset, bytes }: Piece): Buffer | undefined {
    const length = decodeFrame(bytes)?.totalBytes;
    if (length === undefined) {
      return undefined;
    }
    this.#ahead = { offset: offset + length, bytes: bytes.subarray(length) };
    return bytes.subarray(0, length);
  }

  /** At least one frame, if it is there. */
  async #readPiece(offset: number, end?: number): Promise<Piece> {
    const handle = await this.#open();
    if (!handle) {
      return { offset, bytes: Buffer.alloc(0) };
    }
    try {
      const left = (end ?? (await handle.stat()).size) - offset;
      const start = await this.#readAt(
        handle,
        offset,
        Math.min(READ_BYTES, left),
      );
      const total = frameLength(start);
      const bytes =
        total > start.length && left > start.length
          ? await this.#readAt(handle, offset, total)
          : start;
      return { offset, bytes };
    } finally {
      await handle.close();
    }
  }

  async #open(): Promise<FileHandle | undefined> {
    try {
      return await open(this.#file, 'r');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') {
        return undefined;
      }
      throw error;
    }
  }

  /** As many of the bytes as there are. */
  async #readAt(
    handle: FileHandle,
    offset: number,
    length: number,
  ): Promise<Buffer> {
    if (!this.#memory || this.#memory.length < length) {
      this.#memory = Buffer.allocUnsafeSlow(length);
    }
    const { bytesRead } = await handle.read(this.#memory, 0, length, offset);
    return this.#memory.subarray(0, bytesRead);
  }
}

/** What a frame's header says of its length; the whole header is checked with the body. */
function frameLength(start: Buffer): number {
  return start.length < FRAME_HEADER_BYTES
    ? FRAME_HEADER_BYTES
    : FRAME_HEADER_BYTES +
        Math.min(start.readUInt32LE(BODY_BYTES_OFFSET), MAX_FRAME_BODY_BYTES);
}
