import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';

const MICROSECONDS_PER_TICK =
  1e6 / Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }));

/** The fields of /proc/PID/stat behind the command, which may itself hold spaces. */
function statFields(pid: number): string[] {
  const text = readFileSync(`/proc/${pid}/stat`, 'latin1');
  return text.slice(text.lastIndexOf(')') + 2).split(' ');
}

/** A process and all that it started, as they are now. */
export function processTree(root: number): number[] {
  const parents = new Map<number, number>();
  for (const name of readdirSync('/proc')) {
    if (/^\d+$/.test(name)) {
      try {
        parents.set(Number(name), Number(statFields(Number(name))[1]));
      } catch {
        // It ended while we looked.
      }
    }
  }
  const tree = [root];
  for (const pid of tree) {
    parents.forEach((parent, child) => {
      if (parent === pid) {
        tree.push(child);
      }
    });
  }
  return tree;
}

/** The processor time that the processes have used, in microseconds. */
export function cpuMicroseconds(pids: number[]): number {
  return pids.reduce((sum, pid) => {
    const fields = statFields(pid);
    const ticks = Number(fields[11]) + Number(fields[12]);
    return sum + ticks * MICROSECONDS_PER_TICK;
  }, 0);
}

function statusBytes(pids: number[], key: string): number {
  return pids.reduce((sum, pid) => {
    const status = readFileSync(`/proc/${pid}/status`, 'latin1');
    const kibibytes = new RegExp(`^${key}:\\s+(\\d+) kB`, 'm').exec(status);
    return sum + Number(kibibytes?.[1] ?? 0) * 1024;
  }, 0);
}

/** The memory that the processes hold, in bytes. */
export const residentBytes = (pids: number[]): number =>
  statusBytes(pids, 'VmRSS');

/** The most that they held since {@link resetPeak}, in bytes. */
export const peakResidentBytes = (pids: number[]): number =>
  statusBytes(pids, 'VmHWM');

/** From now on peaks count anew. */
export function resetPeak(pids: number[]): void {
  // 5 resets the peak (proc(5), clear_refs).
  pids.forEach(pid => writeFileSync(`/proc/${pid}/clear_refs`, '5'));
}
