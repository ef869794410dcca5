import { execFileSync } from 'node:child_process';
import { availableParallelism } from 'node:os';

/** Which core does what: the proxy has one to itself. */
export const CORES = {
  /** The load generator, the API server and the portal. */
  load: 0,
  proxy: 1,
  /** Cores beside these, for what needs more than one. */
  spare: Math.max(0, availableParallelism() - 2),
};

/** For what is not pinned. */
export const ALL_CORES = Array.from(
  { length: availableParallelism() },
  (_, core) => core,
);

/** The command that runs another pinned to cores. */
export function pinned(
  cores: number[],
  command: string,
  args: string[],
): [string, string[]] {
  return ['taskset', ['-c', cores.join(','), command, ...args]];
}

/** Pins this process with all its threads. */
export function pinThisProcess(core: number): void {
  execFileSync('taskset', ['-a', '-p', '-c', `${core}`, `${process.pid}`], {
    stdio: 'ignore',
  });
}
