import { createHash, randomUUID } from 'node:crypto';
import {
  chmodSync,
  closeSync,
  fsyncSync,
  lstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { hasFields } from './hasFields';

const DIRECTORY_MODE = 0o700;
const FILE_MODE = 0o600;
const OTHERS = 0o077;

/** What a login keeps between two calls. */
export type CachedLogin = {
  token: string;
  /** Milliseconds since 1970, as all times here. */
  tokenExpiresAt: number;
  /** From then on the token is renewed. */
  renewFrom: number;
  renewalSecret: string;
  loginExpiresAt: number;
};

/** What was answered last: no secret is in it. */
export type LastAnswer = {
  /** The process that asked. */
  caller: number;
  at: number;
  /** Of the token that it got … */
  tokenExpiresAt?: number;
  /** … or why it got none. */
  failure?: string;
};

/** Keeps the login at one portal in a file that its user alone can read. */
export class LoginCache {
  readonly #directory: string;
  readonly #name: string;

  /** @param portal - the address of its API */
  static create(directory: string, portal: string): LoginCache {
    const name = createHash('sha256').update(portal).digest('hex').slice(0, 32);
    return new LoginCache(directory, name);
  }

  private constructor(directory: string, name: string) {
    this.#directory = directory;
    this.#name = name;
  }

  get lockFile(): string {
    return join(this.#directory, `${this.#name}.lock`);
  }

  get #file(): string {
    return join(this.#directory, `${this.#name}.json`);
  }

  get #lastAnswerFile(): string {
    return join(this.#directory, `${this.#name}.last.json`);
  }

  /** Makes the directory, for nobody else. */
  prepare(): void {
    mkdirSync(this.#directory, { recursive: true, mode: DIRECTORY_MODE });
    chmodSync(this.#directory, DIRECTORY_MODE);
  }

  /** Nothing when there is none, or none that nobody else could have read or written. */
  read(): CachedLogin | undefined {
    try {
      const { mode } = lstatSync(this.#file);
      const isPrivate = process.platform === 'win32' || (mode & OTHERS) === 0;
      const login = isPrivate ? readJson(this.#file) : undefined;
      return hasFields(login, {
        token: 'string',
        tokenExpiresAt: 'number',
        renewFrom: 'number',
        renewalSecret: 'string',
        loginExpiresAt: 'number',
      })
        ? login
        : undefined;
    } catch {
      // Absent, cut or of another version: the user signs in anew.
      return undefined;
    }
  }

  /** Returns when it would outlive a loss of power: there is no other way back to its renewal secret. */
  write(login: CachedLogin): void {
    this.#replace(this.#file, login, { durably: true });
  }

  readLastAnswer(): LastAnswer | undefined {
    try {
      const answer = readJson(this.#lastAnswerFile);
      return hasFields(answer, {
        caller: 'number',
        at: 'number',
        tokenExpiresAt: 'number?',
        failure: 'string?',
      })
        ? answer
        : undefined;
    } catch {
      return undefined;
    }
  }

  writeLastAnswer(answer: LastAnswer): void {
    this.#replace(this.#lastAnswerFile, answer);
  }

  /** Replaces a file in one step: a reader sees the old one or the new one. */
  #replace(
    file: string,
    content: object,
    { durably = false }: { durably?: boolean } = {},
  ): void {
    const temporary = join(this.#directory, `${this.#name}.${randomUUID()}`);
    try {
      const handle = openSync(temporary, 'wx', FILE_MODE);
      try {
        writeSync(handle, JSON.stringify(content));
        if (durably) {
          fsyncSync(handle);
        }
      } finally {
        closeSync(handle);
      }
      renameSync(temporary, file);
    } catch (error) {
      rmSync(temporary, { force: true });
      throw error;
    }
  }

  remove(): void {
    rmSync(this.#file, { force: true });
    rmSync(this.#lastAnswerFile, { force: true });
  }
}

function readJson(file: string): unknown {
  return JSON.parse(readFileSync(file, 'utf8'));
}
