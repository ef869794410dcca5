import { ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { eventually } from './eventually';
import { REPOSITORY } from './repository';

const START_TIMEOUT_MS = 8 * 60_000;
const STOP_TIMEOUT_MS = 30_000;
/** Backend, proxy, admin listener, portal apart (not used), demo cluster. */
const PORT_COUNT = 5;

export interface DemoOptions {
  portBase: number;
  /** Everything that the demo writes. */
  directory: string;
  env?: Record<string, string>;
}

/** `npm start`, as a user runs it. */
export class Demo {
  static create(options: DemoOptions): Demo {
    return new Demo(options);
  }

  readonly #options: DemoOptions;
  #process: ChildProcess | undefined;
  #output = '';

  private constructor(options: DemoOptions) {
    this.#options = options;
  }

  /** Everything that was printed since the last start. */
  get output(): string {
    return this.#output;
  }

  get kubeconfig(): string {
    return join(this.#options.directory, 'kubeconfig');
  }

  path(name: string): string {
    return join(this.#options.directory, name);
  }

  /**
   * Resolves at the line `READY`.
   *
   * @param more - environment of this start alone
   */
  async start(more?: Record<string, string>): Promise<void> {
    const { portBase, directory, env } = this.#options;
    this.#output = '';
    // A process group, as a terminal makes one for each command.
    const child = spawn('npm', ['start'], {
      cwd: REPOSITORY,
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        ...process.env,
        ...env,
        ...more,
        DEMO_PORT_BASE: String(portBase),
        DEMO_DIR: directory,
      },
    });
    this.#process = child;
    endWithTests(child);
    await new Promise<void>((resolve, reject) => {
      const fail = (reason: string) =>
        reject(new Error(`npm start ${reason}:\n${this.#output}`));
      const timer = setTimeout(
        () => fail(`not READY within ${START_TIMEOUT_MS} ms`),
        START_TIMEOUT_MS,
      );
      const onData = (chunk: string) => {
        this.#output += chunk;
        if (/^READY$[\s\S]*Ctrl-C/m.test(this.#output)) {
          clearTimeout(timer);
          resolve();
        }
      };
      child.stdout.setEncoding('utf8').on('data', onData);
      child.stderr.setEncoding('utf8').on('data', onData);
      child.once('exit', code => {
        clearTimeout(timer);
        fail(`ended with ${code}`);
      });
    });
  }

  /** Ctrl-C, as the terminal sends it: to the whole process group. */
  async interrupt(): Promise<void> {
    await this.#end('SIGINT');
  }

  /** Ends the demo if it runs and forgets what it wrote. */
  async remove(): Promise<void> {
    await this.#end('SIGTERM');
    rmSync(this.#options.directory, { recursive: true, force: true });
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#process;
    if (!child?.pid || child.exitCode !== null || child.signalCode) return;
    const exited = once(child, 'exit');
    process.kill(-child.pid, signal);
    const timer = setTimeout(
      () => process.kill(-child.pid!, 'SIGKILL'),
      STOP_TIMEOUT_MS,
    );
    await exited;
    clearTimeout(timer);
    await eventually(async () => {
      if (this.processes().length > 0) throw new Error('still running');
    }, STOP_TIMEOUT_MS).catch(() => {});
  }

  /** Of `env`, the file for scripts. */
  env(): Record<string, string> {
    return Object.fromEntries(
      readFileSync(this.path('env'), 'utf8')
        .trim()
        .split('\n')
        .map(line => {
          const [, key, value] = /^([A-Z_]+)=(.*)$/.exec(line) ?? [];
          return [key, value];
        }),
    );
  }

  /** The kubectl commands that were printed to be tried. */
  suggestedCommands(): string[] {
    return this.#output
      .split('\n')
      .map(line => line.trim())
      .filter(line => line.startsWith('kubectl '));
  }

  /** What still runs of this demo: command lines by process id. */
  processes(): string[] {
    const mark = `DEMO_DIR=${this.#options.directory}`;
    return readdirSync('/proc')
      .filter(name => /^\d+$/.test(name))
      .flatMap(pid => {
        try {
          const environment = readFileSync(`/proc/${pid}/environ`, 'utf8');
          return environment.split('\0').includes(mark)
            ? [
                `${pid} ${readFileSync(`/proc/${pid}/cmdline`, 'utf8')
                  .split('\0')
                  .join(' ')}`,
              ]
            : [];
        } catch {
          return [];
        }
      });
  }

  /** Those of the demo's ports on which somebody listens. */
  async openPorts(): Promise<number[]> {
    const ports = Array.from(
      { length: PORT_COUNT },
      (_, index) => this.#options.portBase + index,
    );
    const open = await Promise.all(ports.map(isListening));
    return ports.filter((_, index) => open[index]);
  }
}

/** Who interrupts the tests wants no demo left behind. */
function endWithTests(child: ChildProcess): void {
  const end = () => {
    if (child.pid) process.kill(-child.pid, 'SIGTERM');
  };
  const exit = () => process.exit(1);
  process.once('exit', end);
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.once(signal, exit);
  }
  child.once('exit', () => {
    process.off('exit', end);
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
      process.off(signal, exit);
    }
  });
}

function isListening(port: number): Promise<boolean> {
  return new Promise(resolve => {
    const socket = connect({ port, host: '127.0.0.1' });
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
