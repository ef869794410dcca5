import { closeSync, openSync, readFileSync, writeSync } from 'node:fs';
import { SpoolError } from './SpoolError';

/** The lock file is always this long and never removed: taking it needs no room on a disk that is full. */
const LOCK_BYTES = 128;

/** When a process began, in clock ticks since boot; tells a reused pid from the old one. */
function startTimeOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The second field, the command, may hold spaces and parentheses.
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
  } catch {
    return undefined;
  }
}

function bootId(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  } catch {
    return '';
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** True when the process that wrote the lock file still runs. */
function isHeld(content: string): boolean {
  const [pidText, startTime, boot] = content.split('\n');
  const pid = Number(pidText);
  if (!Number.isInteger(pid) || pid <= 0 || pid === process.pid) {
    return false;
  }
  if (boot !== bootId() || !isAlive(pid)) {
    return false;
  }
  return startTimeOf(pid) === undefined || startTimeOf(pid) === startTime;
}

/**
 * Makes a directory this process's own, so that two proxies never write one
 * spool. A lock that a killed process left behind is taken over.
 *
 * @returns gives the directory back
 * @throws {@link SpoolError} when another running process holds it
 */
export function lockDirectory(directory: string): () => void {
  const file = `${directory}/lock`;
  const write = (flags: 'wx' | 'r+', content: string) => {
    const handle = openSync(file, flags, 0o600);
    try {
      writeSync(handle, content.padEnd(LOCK_BYTES, '\n'), 0);
    } finally {
      closeSync(handle);
    }
  };
  const content = [process.pid, startTimeOf(process.pid) ?? '', bootId()].join(
    '\n',
  );
  try {
    write('wx', content);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') {
      throw error;
    }
    if (isHeld(readFileSync(file, 'utf8'))) {
      throw new SpoolError(
        `${directory} is in use by another process (lock file ${file})`,
      );
    }
    write('r+', content);
  }
  return () => write('r+', '');
}
