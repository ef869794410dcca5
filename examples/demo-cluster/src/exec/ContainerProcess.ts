import { spawn as spawnPty } from '@lydell/node-pty';
import { spawn } from 'node:child_process';
import { Readable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';

export type OutputChannel = 'stdout' | 'stderr';
export type Output = (channel: OutputChannel, bytes: Buffer) => Promise<void>;

/** A command that runs on this machine as if in a container. */
export interface ContainerProcess {
  /** Settles when more may be written. */
  write(bytes: Buffer): Promise<void>;
  closeInput(): void;
  resize(columns: number, rows: number): void;
  kill(): void;
  /** The exit code, after the last output; 128 + n for a signal. */
  readonly exited: Promise<number>;
}

export interface ProcessOptions {
  readonly file: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Record<string, string>;
}

const END_OF_TRANSMISSION = '\x04';
/** Output that a slow client has not taken yet, before the terminal waits. */
const MAX_PENDING_BYTES = 1024 * 1024;

/** Runs the command on a terminal of its own. */
export function startOnTerminal(
  options: ProcessOptions,
  output: Output,
): ContainerProcess {
  const { file, args, cwd, env } = options;
  const pty = spawnPty(file, [...args], {
    ...{ name: env.TERM, cols: 80, rows: 24 },
    ...{ cwd, env, encoding: null },
  });
  let pending = 0;
  pty.onData(data => {
    // Declared as text, but with `encoding: null` it is bytes.
    const bytes = Buffer.from(data);
    pending += bytes.length;
    if (pending > MAX_PENDING_BYTES) pty.pause();
    output('stdout', bytes).then(() => {
      pending -= bytes.length;
      if (pending <= MAX_PENDING_BYTES) pty.resume();
    });
  });
  let running = true;
  // The terminal takes text: a character may be split over two messages.
  const decoder = new StringDecoder('utf8');
  return {
    write: async bytes => {
      if (running) pty.write(decoder.write(bytes));
    },
    closeInput: () => running && pty.write(END_OF_TRANSMISSION),
    resize: (columns, rows) => running && pty.resize(columns, rows),
    kill: () => running && killGroup(pty.pid),
    exited: new Promise(resolve => {
      pty.onExit(({ exitCode, signal }) => {
        running = false;
        resolve(signal ? 128 + signal : exitCode);
      });
    }),
  };
}

/** Runs the command with pipes, as `exec` without `-t`. */
export function startWithPipes(
  options: ProcessOptions,
  output: Output,
): ContainerProcess {
  const { file, args, cwd, env } = options;
  // A process group of its own, so that its children end with it.
  const child = spawn(file, args, { cwd, env, detached: true, stdio: 'pipe' });
  const { stdin, stdout, stderr } = child;
  // A command may end without reading its input.
  stdin.on('error', () => {});
  const pump = async (stream: Readable, channel: OutputChannel) => {
    for await (const chunk of stream) await output(channel, chunk);
  };
  const ended = new Promise<number>(resolve => {
    child.once('error', () => resolve(126));
    child.once('exit', (code, signal) =>
      resolve(code ?? 128 + (signal === 'SIGKILL' ? 9 : 15)),
    );
  });
  const closed = Promise.allSettled([
    pump(stdout, 'stdout'),
    pump(stderr, 'stderr'),
  ]);
  let running = true;
  return {
    write: async bytes => {
      if (stdin.writable && !stdin.write(bytes)) {
        await new Promise<void>(resolve => {
          const settle = () => {
            stdin.off('drain', settle).off('close', settle);
            resolve();
          };
          stdin.on('drain', settle).on('close', settle);
        });
      }
    },
    closeInput: () => stdin.end(),
    resize: () => {},
    kill: () => running && child.pid && killGroup(child.pid),
    exited: closed.then(async () => {
      const code = await ended;
      // What it left in the background would outlive the demo.
      if (child.pid) killGroup(child.pid);
      running = false;
      return code;
    }),
  };
}

function killGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // It has ended already.
  }
}
