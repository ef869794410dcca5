import {
  closeSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';

/** Between two looks, in milliseconds. */
const RETRY_MS = 200;
/** Nobody holds it for longer, in milliseconds: a code is over by then. */
const LONGEST_HOLD_MS = 15 * 60_000;

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // It runs as somebody else.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Whether who has taken it is gone. */
function isAbandoned(file: string): boolean {
  try {
    const pid = Number(readFileSync(file, 'utf8'));
    return pid > 0 && isRunning(pid)
      ? Date.now() - statSync(file).mtimeMs > LONGEST_HOLD_MS
      : // Who has just made it has not written yet.
        pid > 0 || Date.now() - statSync(file).mtimeMs > RETRY_MS;
  } catch {
    return false;
  }
}

function tryLock(file: string): boolean {
  try {
    const handle = openSync(file, 'wx', 0o600);
    writeSync(handle, String(process.pid));
    closeSync(handle);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') {
      throw error;
    }
    return false;
  }
}

/**
 * Runs one at a time of all processes: several kubectl at once sign in once,
 * and none renews by a secret that another has used up.
 */
export async function withLoginLock<T>(
  file: string,
  sleep: (milliseconds: number) => Promise<void>,
  run: () => Promise<T>,
): Promise<T> {
  while (!tryLock(file)) {
    if (isAbandoned(file)) {
      rmSync(file, { force: true });
    } else {
      await sleep(RETRY_MS);
    }
  }
  try {
    return await run();
  } finally {
    rmSync(file, { force: true });
  }
}
