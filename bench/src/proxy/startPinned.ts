import { ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { pinned, processTree } from '../machine';

/** How long a process may take to listen, in milliseconds. */
const START_MS = 60_000;
/** How long a process may take to end before it is killed, in milliseconds. */
const END_MS = 15_000;

/** A process that was started, with all its children. */
export type PinnedProcess = {
  child: ChildProcess;
  pids: () => number[];
  stop: () => Promise<void>;
};

/** A port of loopback that was free a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

async function accepts(port: number): Promise<boolean> {
  return await new Promise(resolve => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}

/** Resolves when the condition holds; rejects when the process ends before. */
export async function untilReady(
  { child }: PinnedProcess,
  isReady: () => Promise<boolean>,
): Promise<void> {
  const deadline = Date.now() + START_MS;
  while (!(await isReady())) {
    if (child.exitCode !== null || Date.now() > deadline) {
      throw new Error(`${child.spawnargs.join(' ')} does not serve`);
    }
    await new Promise(resolve => {
      setTimeout(resolve, 50);
    });
  }
}

/** Starts a process pinned to cores; its standard error is ours. */
export function startPinned(
  cores: number[],
  command: string,
  args: string[],
  environment: NodeJS.ProcessEnv = {},
): PinnedProcess {
  const child = spawn(...pinned(cores, command, args), {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, ...environment },
  });
  return {
    child,
    pids: () => processTree(child.pid ?? 0),
    stop: async () => {
      if (child.exitCode !== null || child.signalCode !== null) {
        return;
      }
      const timer = setTimeout(() => child.kill('SIGKILL'), END_MS);
      child.kill('SIGTERM');
      await once(child, 'exit');
      clearTimeout(timer);
    },
  };
}

/** Resolves when the process listens on the port. */
export async function untilListening(
  started: PinnedProcess,
  port: number,
): Promise<void> {
  await untilReady(started, () => accepts(port));
}
