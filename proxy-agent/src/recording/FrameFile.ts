import { close, fdatasync, open, writev } from 'node:fs';
import { promisify } from 'node:util';
import { encodeFrame } from 'backstage-plugin-kubernetes-audit-common';
import type { RecordingDirectory } from '../spool';
import { compressFrame } from './compressFrame';
import type { JournalContent } from './FrameJournal';

const openFile = promisify(open);
const writePieces = promisify(writev);
const syncFile = promisify(fdatasync);
const closeFile = promisify(close);

/** A journal's content as a frame, compressed off the event loop. */
export async function encodeContent(
  content: JournalContent,
  { sequence, last }: { sequence: number; last: boolean },
): Promise<Uint8Array> {
  return encodeFrame(await compressFrame(content.body), {
    compression: 'zstd',
    last,
    sequence,
    uncompressedBytes: content.body.length,
    eventCount: content.eventCount,
    firstTime: content.firstTime,
    lastTime: content.lastTime,
  });
}

/** What is left when so many bytes are written; a disk that is about to be full takes only a part. */
function withoutStart(pieces: Uint8Array[], bytes: number): Uint8Array[] {
  let left = bytes;
  return pieces.flatMap(piece => {
    const taken = Math.min(left, piece.length);
    left -= taken;
    return taken < piece.length ? [piece.subarray(taken)] : [];
  });
}

/** The closed frames of a recording, one behind the other; opened when there is one. */
export class FrameFile {
  readonly #path: string;
  #handle: number | undefined;
  /** The frame that was asked for last, encoded. */
  #encoded: Promise<unknown> = Promise.resolve();
  /** Frames that wait for the write under way, and the write that will take them. */
  #waiting: Uint8Array[] = [];
  #nextWrite: Promise<void> | undefined;
  #lastWrite: Promise<void> = Promise.resolve();

  static of(directory: RecordingDirectory): FrameFile {
    return new FrameFile(directory.framesFile);
  }

  private constructor(path: string) {
    this.#path = path;
  }

  /** {@link append}s a journal's content. */
  async appendContent(
    content: JournalContent,
    frame: { sequence: number; last: boolean },
  ): Promise<void> {
    await this.append(encodeContent(content, frame));
  }

  /**
   * Puts a frame at the end of the recording, on the disk when it resolves. The
   * next ones can come meanwhile: they are written and synced together, so that
   * a slow disk is waited for once.
   *
   * @param frame - may be on its way
   * @returns the frame
   * @throws Error of the file system, also for all that come after: a part of
   *   the frame can be there
   */
  async append(frame: Promise<Uint8Array>): Promise<Uint8Array> {
    const inTurn = Promise.all([frame, this.#encoded]);
    this.#encoded = inTurn;
    const [bytes] = await inTurn;
    this.#waiting.push(bytes);
    this.#nextWrite ??= this.#lastWrite.then(() => this.#writeWaiting());
    this.#lastWrite = this.#nextWrite;
    await this.#nextWrite;
    return bytes;
  }

  async #writeWaiting(): Promise<void> {
    let frames = this.#waiting;
    this.#waiting = [];
    this.#nextWrite = undefined;
    this.#handle ??= await openFile(this.#path, 'a', 0o600);
    while (frames.length > 0) {
      const { bytesWritten } = await writePieces(this.#handle, frames);
      frames = withoutStart(frames, bytesWritten);
    }
    await syncFile(this.#handle);
  }

  /** No more frames come. */
  async close(): Promise<void> {
    if (this.#handle !== undefined) {
      await closeFile(this.#handle);
      this.#handle = undefined;
    }
  }
}
