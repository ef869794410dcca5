import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { delimiter, dirname } from 'node:path';
import { spawn as spawnInTerminal } from '@lydell/node-pty';
import { findKubectl } from './findKubectl';
import { REPOSITORY } from './repository';
import { TerminalSession, TerminalSize } from './TerminalSession';

const TIMEOUT_MS = 60_000;

export interface KubectlResult {
  code: number;
  stdout: string;
  stderr: string;
}

export interface KubectlOptions {
  env?: Record<string, string>;
  /** What goes to stdin; without, stdin is empty. */
  input?: string;
  /** Ends kubectl once this has been on stdout. */
  until?: RegExp;
  /** Hears what is on stderr as it comes. */
  onStderr?: (text: string) => void;
}

/** kubectl with a kubeconfig. */
export class Kubectl {
  /** @param program - its path; without, a recent one is found */
  static create(kubeconfig: string, program = findKubectl()): Kubectl {
    return new Kubectl(program, kubeconfig);
  }

  readonly #program: string;
  readonly #kubeconfig: string;

  private constructor(program: string, kubeconfig: string) {
    this.#program = program;
    this.#kubeconfig = kubeconfig;
  }

  /** Runs a shell command in which `kubectl` is this one. */
  shell(command: string): Promise<KubectlResult> {
    const path = [dirname(this.#program), process.env.PATH].join(delimiter);
    return run('sh', ['-c', command], { env: { PATH: path } });
  }

  run(args: string[], options: KubectlOptions = {}): Promise<KubectlResult> {
    return run(this.#program, this.#with(args), options);
  }

  /**
   * Runs kubectl as long as it takes to visit what it serves.
   *
   * @param ready - what it prints on stdout when it does
   */
  async serve(
    args: string[],
    ready: RegExp,
    visit: (match: RegExpExecArray) => Promise<void>,
  ): Promise<void> {
    const child = spawn(this.#program, this.#with(args), {
      cwd: REPOSITORY,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const exited = once(child, 'exit');
    let output = '';
    try {
      const match = await new Promise<RegExpExecArray>((resolve, reject) => {
        const fail = () =>
          reject(new Error(`kubectl ${args.join(' ')} serves not: ${output}`));
        const timer = setTimeout(fail, TIMEOUT_MS);
        child.once('exit', fail);
        child.stderr.setEncoding('utf8').on('data', chunk => {
          output += chunk;
        });
        child.stdout.setEncoding('utf8').on('data', chunk => {
          output += chunk;
          const found = ready.exec(output);
          if (found) {
            clearTimeout(timer);
            resolve(found);
          }
        });
      });
      await visit(match);
    } finally {
      child.kill('SIGTERM');
      await exited;
    }
  }

  /**
   * Runs kubectl on a terminal and types a text once its output matches.
   * Ends with everything that the terminal showed.
   */
  runInTerminal(
    args: string[],
    options: {
      env?: Record<string, string>;
      prompt?: RegExp;
      type?: string;
      /** Closes the terminal once this was shown. */
      until?: RegExp;
    } = {},
  ): Promise<{ code: number; output: string }> {
    const { env, prompt, type, until } = options;
    return new Promise((resolve, reject) => {
      const terminal = spawnInTerminal(this.#program, this.#with(args), {
        name: 'xterm-256color',
        cols: 100,
        rows: 30,
        cwd: REPOSITORY,
        env: { ...process.env, ...env },
      });
      let output = '';
      let typed = false;
      const timer = setTimeout(() => {
        terminal.kill('SIGKILL');
        reject(new Error(`kubectl ${args.join(' ')} hangs:\n${output}`));
      }, TIMEOUT_MS);
      terminal.onData(data => {
        output += data;
        if (!typed && type !== undefined && prompt?.test(output)) {
          typed = true;
          terminal.write(type);
        }
        if (until?.test(output)) terminal.kill('SIGHUP');
      });
      terminal.onExit(({ exitCode }) => {
        clearTimeout(timer);
        resolve({ code: exitCode, output });
      });
    });
  }

  /** Starts kubectl on a terminal for somebody to work with. */
  openTerminal(args: string[], size: TerminalSize): TerminalSession {
    return TerminalSession.start(this.#program, this.#with(args), size);
  }

  #with(args: string[]): string[] {
    return ['--kubeconfig', this.#kubeconfig, ...args];
  }
}

function run(
  program: string,
  args: string[],
  { env, input = '', until, onStderr }: KubectlOptions = {},
): Promise<KubectlResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      cwd: REPOSITORY,
      env: { ...process.env, ...env },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    let stdout = '';
    let stderr = '';
    const timer = setTimeout(() => {
      child.kill('SIGKILL');
      reject(new Error(`${args.join(' ')} hangs:\n${stdout}${stderr}`));
    }, TIMEOUT_MS);
    child.stdout.setEncoding('utf8').on('data', chunk => {
      stdout += chunk;
      if (until?.test(stdout)) child.kill('SIGTERM');
    });
    child.stderr.setEncoding('utf8').on('data', chunk => {
      stderr += chunk;
      onStderr?.(chunk);
    });
    child.on('error', reject);
    child.on('close', code => {
      clearTimeout(timer);
      resolve({ code: code ?? -1, stdout, stderr });
    });
    child.stdin.on('error', () => {});
    child.stdin.end(input);
  });
}
