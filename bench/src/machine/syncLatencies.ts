import { close, fdatasync, open, unlinkSync, write } from 'node:fs';
import { promisify } from 'node:util';

const openFile = promisify(open);
const closeFile = promisify(close);
const writeFile = promisify(write);
const syncFile = promisify(fdatasync);

/** About the size of one audit record, in bytes. */
const RECORD_BYTES = 900;

/** How long it takes to append a record to a file and to sync it, each time in milliseconds. */
export async function syncLatencies(
  file: string,
  count: number,
): Promise<number[]> {
  const record = Buffer.alloc(RECORD_BYTES, 'x');
  const handle = await openFile(file, 'w');
  const latencies: number[] = [];
  try {
    for (let i = 0; i < count; i++) {
      const start = performance.now();
      await writeFile(handle, record);
      await syncFile(handle);
      latencies.push(performance.now() - start);
    }
  } finally {
    await closeFile(handle);
    unlinkSync(file);
  }
  return latencies;
}
