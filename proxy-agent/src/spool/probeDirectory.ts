import { closeSync, fdatasyncSync, openSync, rmSync, writeSync } from 'node:fs';

/** Room for a burst of records: a disk with less is as good as full. */
const PROBE = Buffer.alloc(256 * 1024);

/**
 * Writes a file, syncs it and removes it again.
 *
 * @throws Error of the file system
 */
export function probeDirectory(directory: string): void {
  const file = `${directory}/probe`;
  const handle = openSync(file, 'w', 0o600);
  try {
    let written = 0;
    while (written < PROBE.length) {
      written += writeSync(handle, PROBE, written);
    }
    fdatasyncSync(handle);
  } finally {
    closeSync(handle);
    rmSync(file, { force: true });
  }
}
