import { execFileSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const KIBIBYTE = 1024;
/** The filler grows by so much, and by less and less when that does not fit. */
const FILL_STEPS = [256 * KIBIBYTE, 4 * KIBIBYTE];

/** A file system of its own with few bytes, that a test fills, frees and makes read-only. */
export class SmallDisk {
  readonly path: string;

  /** @returns undefined where this user may not mount */
  static mount(bytes: number): SmallDisk | undefined {
    const path = mkdtempSync(join(tmpdir(), 'small-disk-'));
    try {
      execFileSync(
        'mount',
        ['-t', 'tmpfs', '-o', `size=${bytes},mode=0700`, 'tmpfs', path],
        { stdio: 'ignore' },
      );
    } catch {
      rmSync(path, { recursive: true });
      return undefined;
    }
    return new SmallDisk(path);
  }

  private constructor(path: string) {
    this.path = path;
  }

  /** Takes what is free: from now on writes fail with ENOSPC. */
  fill(): void {
    const handle = openSync(join(this.path, 'filler'), 'a');
    try {
      for (const step of FILL_STEPS) {
        const bytes = Buffer.alloc(step);
        try {
          while (writeSync(handle, bytes) > 0);
        } catch {
          // So much does not fit any more.
        }
      }
    } finally {
      closeSync(handle);
    }
  }

  free(): void {
    rmSync(join(this.path, 'filler'), { force: true });
  }

  /** Whoever opens a file from now on finds a disk that is read-only. */
  makeReadOnly(): void {
    // The mount itself cannot change while files on it are open for writing.
    execFileSync('mount', ['--bind', this.path, this.path]);
    execFileSync('mount', ['-o', 'remount,ro,bind', this.path]);
  }

  makeWritable(): void {
    // Whoever reads a file there at this moment reads on.
    execFileSync('umount', ['--lazy', this.path]);
  }

  unmount(): void {
    execFileSync('umount', ['--lazy', this.path]);
    rmSync(this.path, { recursive: true });
  }
}
