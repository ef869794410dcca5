import { ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import type { AgentBinary } from './AgentBinary';

/** How long a process may take for what is expected of it, in milliseconds: its machine may be busy. */
const PATIENCE_MS = 30_000;
const LOOK_EVERY_MS = 15;
/** Characters of the log that a failure shows. */
const LOG_TAIL = 3000;

/** One run of the real binary. */
export class AgentProcess {
  readonly #child: ChildProcess;
  readonly #adminPort: number;
  readonly #logFile: string;
  readonly exited: Promise<number | string>;
  #running = true;

  static start(
    binary: AgentBinary,
    options: {
      command?: 'proxy' | 'tunnel';
      configFile: string;
      adminPort: number;
      /** Standard output and error are added to it. */
      logFile: string;
      environment?: Record<string, string>;
    },
  ): AgentProcess {
    return new AgentProcess(binary, options);
  }

  private constructor(
    binary: AgentBinary,
    options: {
      command?: 'proxy' | 'tunnel';
      configFile: string;
      adminPort: number;
      logFile: string;
      environment?: Record<string, string>;
    },
  ) {
    this.#adminPort = options.adminPort;
    this.#logFile = options.logFile;
    const log = openSync(options.logFile, 'a');
    this.#child = spawn(
      process.execPath,
      [binary.file, options.command ?? 'proxy', '--config', options.configFile],
      {
        stdio: ['ignore', log, log],
        env: {
          ...process.env,
          NODE_OPTIONS: '',
          NODE_COMPILE_CACHE: binary.compileCache,
          ...options.environment,
        },
      },
    );
    closeSync(log);
    this.exited = new Promise(resolve => {
      this.#child.once('exit', (code, signal) => {
        this.#running = false;
        resolve(code ?? `${signal}`);
      });
    });
  }

  get running(): boolean {
    return this.#running;
  }

  /** The processes that serve in place of this one, if it has workers. */
  get workers(): number[] {
    const { pid } = this.#child;
    try {
      return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8')
        .split(' ')
        .filter(Boolean)
        .map(Number);
    } catch {
      return [];
    }
  }

  get log(): string {
    return readFileSync(this.#logFile, 'utf8').slice(-LOG_TAIL);
  }

  /** Status and text of the admin listener's answer; undefined when it does not answer. */
  async ask(path: string): Promise<{ ok: boolean; text: string } | undefined> {
    try {
      const answer = await fetch(`http://127.0.0.1:${this.#adminPort}${path}`);
      return { ok: answer.ok, text: await answer.text() };
    } catch {
      return undefined;
    }
  }

  /** Resolves when `/readyz` says so. */
  async ready(): Promise<void> {
    await this.until(
      async () => (await this.ask('/readyz'))?.ok === true,
      'the proxy to be ready',
    );
  }

  /** Waits while it runs; the failure shows its log. */
  async until(
    condition: () => boolean | Promise<boolean>,
    what: string,
  ): Promise<void> {
    const deadline = performance.now() + PATIENCE_MS;
    while (!(await condition())) {
      if (!this.#running || performance.now() > deadline) {
        const problem = this.#running
          ? 'waited in vain for'
          : 'it ended before';
        throw new Error(`${problem} ${what}; its log:\n${this.log}`);
      }
      await new Promise(resolve => {
        setTimeout(resolve, LOOK_EVERY_MS);
      });
    }
  }

  /** One number of `/metrics`; undefined when it does not answer. */
  async metric(name: string): Promise<number | undefined> {
    const text = (await this.ask('/metrics'))?.text;
    const value = new RegExp(`^${name} (.+)$`, 'm').exec(text ?? '')?.[1];
    return value === undefined ? undefined : Number(value);
  }

  signal(
    signal: 'SIGKILL' | 'SIGTERM' | 'SIGSTOP' | 'SIGCONT' | 'SIGHUP',
  ): void {
    if (this.#running) {
      this.#child.kill(signal);
    }
  }

  /** Ends it at once; resolves when it has gone. */
  async kill(): Promise<void> {
    this.signal('SIGKILL');
    await this.exited;
  }
}
