import { probeDirectory } from './probeDirectory';
import { SpoolError } from './SpoolError';

/** The time between two looks whether the disk would take something now, in milliseconds. */
export const RETRY_MS = 1000;

/** What is wrong with the disk under a directory, until a look at it finds that nothing is. */
export class DiskFault {
  readonly #directory: string;
  readonly #makeRoom: () => void;
  #reason: string | undefined;
  #timer: NodeJS.Timeout | undefined;
  #closed = false;

  /** @param options.makeRoom - called before each look; it may throw */
  static create(options: {
    directory: string;
    makeRoom: () => void;
  }): DiskFault {
    return new DiskFault(options);
  }

  private constructor(options: { directory: string; makeRoom: () => void }) {
    this.#directory = options.directory;
    this.#makeRoom = options.makeRoom;
  }

  /** In words for a user; undefined when all is well. */
  get reason(): string | undefined {
    return this.#reason;
  }

  /** Takes note of a fault, and looks from time to time whether it is over. */
  note(what: 'written' | 'synced', error: Error): SpoolError {
    const reason = `the audit spool cannot be ${what}: ${error.message}`;
    this.#reason = reason;
    if (!this.#closed) {
      this.#timer ??= setInterval(() => this.#look(), RETRY_MS).unref();
    }
    return new SpoolError(reason, { cause: error });
  }

  close(): void {
    this.#closed = true;
    clearInterval(this.#timer);
  }

  #look(): void {
    try {
      this.#makeRoom();
      probeDirectory(this.#directory);
    } catch {
      return;
    }
    this.#reason = undefined;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }
}
