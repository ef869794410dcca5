import {
  closeSync,
  openSync,
  rmSync,
  statfsSync,
  statSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';

const STEP = Buffer.alloc(64 * 1024);
/** So many times the bytes must be free, or putting them aside would fill the disk. */
const MARGIN = 4;

/**
 * Bytes that are put aside while there is room. What has to be written so that
 * a full disk can be emptied, takes them.
 */
export class DiskReserve {
  readonly #file: string;
  readonly #bytes: number;

  static create(file: string, bytes: number): DiskReserve {
    return new DiskReserve(file, bytes);
  }

  private constructor(file: string, bytes: number) {
    this.#file = file;
    this.#bytes = bytes;
  }

  /** Puts the bytes aside, if there are that many. */
  fill(): void {
    const size = statSync(this.#file, { throwIfNoEntry: false })?.size ?? 0;
    if (size >= this.#bytes) {
      return;
    }
    try {
      const { bavail, bsize } = statfsSync(dirname(this.#file));
      if (bavail * bsize < MARGIN * this.#bytes) {
        return;
      }
      const handle = openSync(this.#file, 'w', 0o600);
      try {
        for (let at = 0; at < this.#bytes; ) {
          at += writeSync(handle, STEP, 0, STEP.length, at);
        }
      } finally {
        closeSync(handle);
      }
    } catch {
      // What was taken in part is of more use free.
      this.release();
    }
  }

  /** Gives the bytes back. */
  release(): void {
    rmSync(this.#file, { force: true });
  }
}
