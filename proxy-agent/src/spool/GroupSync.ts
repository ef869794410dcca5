import type { SpoolError } from './SpoolError';

/** Who waits for something of the spool. */
export type Waiting = {
  resolve: () => void;
  reject: (error: SpoolError) => void;
};

type GroupSyncOptions = {
  /** Syncs all that was written before the call. */
  sync: (done: (error: Error | null) => void) => void;
  /** The number of the last record that was written. */
  lastSequence: () => number;
  /** What those who waited are told. */
  failed: (error: Error) => SpoolError;
};

/** Group commit: all who wait for the disk while a sync runs share the next one. */
export class GroupSync {
  readonly #options: GroupSyncOptions;
  #waiting: Waiting[] = [];
  #running = false;
  #closed = false;
  #syncedSequence = 0;

  static create(options: GroupSyncOptions): GroupSync {
    return new GroupSync(options);
  }

  private constructor(options: GroupSyncOptions) {
    this.#options = options;
  }

  /** All records up to this one are on the disk, as far as is known. */
  get syncedSequence(): number {
    return this.#syncedSequence;
  }

  /** Takes note of what was synced in another way, or counts as synced. */
  reached(sequence: number): void {
    this.#syncedSequence = Math.max(this.#syncedSequence, sequence);
  }

  /** Resolves when all that is written now is on the disk. */
  wait(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.add({ resolve, reject });
      this.start();
    });
  }

  /** Lets somebody wait; {@link start} has to follow. */
  add(waiting: Waiting): void {
    this.#waiting.push(waiting);
  }

  /** Starts a sync when somebody waits for one and none runs. */
  start(): void {
    if (this.#running || this.#closed || this.#waiting.length === 0) {
      return;
    }
    const covered = this.#waiting;
    this.#waiting = [];
    const upTo = this.#options.lastSequence();
    this.#running = true;
    this.#options.sync(error => {
      this.#running = false;
      if (error) {
        // After a failed sync the kernel may have dropped the pages: those
        // records count as not kept, even if they should turn up later.
        const failure = this.#options.failed(error);
        covered.forEach(waiting => waiting.reject(failure));
      } else {
        this.reached(upTo);
        covered.forEach(waiting => waiting.resolve());
      }
      this.start();
    });
  }

  /** No further sync is started. */
  close(): void {
    this.#closed = true;
  }
}
