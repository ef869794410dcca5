import { IPty, spawn } from '@lydell/node-pty';
import { REPOSITORY } from './repository';

const TIMEOUT_MS = 120_000;
/** What is looked at for a pattern; the rest of a long output is forgotten. */
const KEPT_CHARACTERS = 64 * 1024;
/** What an error tells of it. */
const TOLD_CHARACTERS = 2000;

export const CTRL_C = '\x03';
export const ESCAPE = '\x1b';

/** Columns and rows. */
export type TerminalSize = { columns: number; rows: number };

/** A program on a terminal, and a person who looks at it and types. */
export class TerminalSession {
  static start(
    program: string,
    args: string[],
    size: TerminalSize,
  ): TerminalSession {
    const { columns: cols, rows } = size;
    return new TerminalSession(
      spawn(program, args, {
        name: 'xterm-256color',
        cols,
        rows,
        cwd: REPOSITORY,
        env: process.env,
      }),
    );
  }

  readonly #terminal: IPty;
  readonly #exited: Promise<number>;
  /** What was shown and not yet waited for. */
  #unseen = '';
  #onOutput = () => {};

  private constructor(terminal: IPty) {
    this.#terminal = terminal;
    terminal.onData(data => {
      this.#unseen = (this.#unseen + data).slice(-KEPT_CHARACTERS);
      this.#onOutput();
    });
    this.#exited = new Promise(resolve => {
      terminal.onExit(({ exitCode }) => resolve(exitCode));
    });
  }

  /** Waits for output that has not been waited for yet. */
  see(pattern: RegExp): Promise<void> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(
        () => this.#terminal.kill('SIGKILL'),
        TIMEOUT_MS,
      );
      this.#exited.then(() => {
        clearTimeout(timer);
        reject(
          new Error(
            `${pattern} was not on the terminal: ${this.#unseen.slice(
              -TOLD_CHARACTERS,
            )}`,
          ),
        );
      });
      this.#onOutput = () => {
        const found = pattern.exec(this.#unseen);
        if (found) {
          clearTimeout(timer);
          this.#onOutput = () => {};
          this.#unseen = this.#unseen.slice(found.index + found[0].length);
          resolve();
        }
      };
      this.#onOutput();
    });
  }

  type(keys: string): void {
    this.#terminal.write(keys);
  }

  resize({ columns, rows }: TerminalSize): void {
    this.#terminal.resize(columns, rows);
  }

  /** Waits for the program's end; ends with its exit code. */
  async end(): Promise<number> {
    const timer = setTimeout(() => this.#terminal.kill('SIGKILL'), TIMEOUT_MS);
    try {
      return await this.#exited;
    } finally {
      clearTimeout(timer);
    }
  }
}
