import { randomUUID } from 'node:crypto';
import {
  closeSync,
  mkdirSync,
  openSync,
  readFileSync,
  readlinkSync,
  statSync,
  utimesSync,
  writeSync,
} from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { SpoolError } from './SpoolError';

/** The lock file is always this long and never removed: taking it needs no room on a disk that is full. */
const LOCK_BYTES = 256;
/** The holder touches the file so often, in milliseconds. */
const BEAT_MS = 3_000;
/** A holder that cannot be asked has gone when it has not touched the file for so long, in milliseconds. */
const LEASE_MS = 10_000;
/** How often the file is looked at meanwhile, in milliseconds. */
const LOOK_MS = 250;
/** When two take the lock at once, both know who has it after so long, in milliseconds. */
const SETTLE_MS = 50;

/** When a process began, in clock ticks since boot; tells a reused pid from the old one. */
function startTimeOf(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The second field, the command, may hold spaces and parentheses.
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
  } catch {
    return '';
  }
}

function readOrEmpty(read: () => string): string {
  try {
    return read().trim();
  } catch {
    return '';
  }
}

/** Within which a pid means one process: the boot, and the container. */
function pidScope(): string {
  const boot = readOrEmpty(() =>
    readFileSync('/proc/sys/kernel/random/boot_id', 'utf8'),
  );
  return `${boot} ${readOrEmpty(() => readlinkSync('/proc/self/ns/pid'))}`;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/**
 * Whether the one who wrote the lock file runs: a lock of this process is from
 * a proxy that it does not run any more.
 *
 * @returns undefined when its pid means nothing here
 */
function isHolderAlive(content: string): boolean | undefined {
  const [pidText, startTime, scope] = content.split('\n');
  const pid = Number(pidText);
  if (!Number.isInteger(pid) || pid <= 0) {
    return false;
  }
  if (scope !== pidScope()) {
    return undefined;
  }
  return pid !== process.pid && isAlive(pid) && startTimeOf(pid) === startTime;
}

/**
 * Watches the file of a holder whose pid means nothing here: its time says
 * nothing by itself, since clocks jump, and other hosts have their own.
 */
async function isTouched(file: string): Promise<boolean> {
  const touched = statSync(file).mtimeMs;
  const deadline = performance.now() + LEASE_MS;
  while (performance.now() < deadline) {
    await sleep(LOOK_MS);
    if (readFileSync(file, 'utf8').trim() === '') {
      return false;
    }
    if (statSync(file).mtimeMs !== touched) {
      return true;
    }
  }
  return false;
}

/**
 * Makes a directory this proxy's own, so that no two write one spool. A lock
 * that a killed process left behind is taken over: at once where its pid tells
 * that it has gone; in another container, or on another host, when it has not
 * touched the file for a while.
 */
export class StateLock {
  readonly #file: string;
  readonly #beat: NodeJS.Timeout;

  /**
   * @param onWait - called when it takes long to find out whether the holder has gone
   * @throws {@link SpoolError} when another process that runs holds it
   */
  static async take(
    directory: string,
    onWait: () => void = () => {},
  ): Promise<StateLock> {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    const file = `${directory}/lock`;
    const held = () =>
      new SpoolError(
        `${directory} is in use by another process (lock file ${file})`,
      );
    const own = [
      process.pid,
      startTimeOf(process.pid),
      pidScope(),
      randomUUID(),
    ]
      .join('\n')
      .padEnd(LOCK_BYTES, '\n');
    try {
      write(file, 'wx', own);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') {
        throw error;
      }
      let isHeld = isHolderAlive(readFileSync(file, 'utf8'));
      if (isHeld === undefined) {
        onWait();
        isHeld = await isTouched(file);
      }
      if (isHeld) {
        throw held();
      }
      write(file, 'r+', own);
    }
    await sleep(SETTLE_MS);
    if (readFileSync(file, 'utf8') !== own) {
      throw held();
    }
    return new StateLock(file);
  }

  private constructor(file: string) {
    this.#file = file;
    this.#beat = setInterval(() => {
      const now = new Date();
      try {
        utimesSync(file, now, now);
      } catch {
        // A disk that takes nothing closes the proxy by itself.
      }
    }, BEAT_MS).unref();
  }

  /** Gives the directory back. */
  release(): void {
    clearInterval(this.#beat);
    write(this.#file, 'r+', ''.padEnd(LOCK_BYTES, '\n'));
  }
}

function write(file: string, flags: 'wx' | 'r+', content: string): void {
  const handle = openSync(file, flags, 0o600);
  try {
    writeSync(handle, content, 0);
  } finally {
    closeSync(handle);
  }
}
