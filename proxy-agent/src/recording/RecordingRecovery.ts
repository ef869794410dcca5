import type { Logger } from 'pino';
import { DiskReserve, RecordingStore } from '../spool';
import { recoverRecordings } from './recoverRecordings';

/** How often recordings are looked for that are to be finished, in milliseconds. */
const INTERVAL_MS = 2000;
/** Put aside for the last frames of some dozens of sessions that a full disk ended, in bytes. */
const RESERVE_BYTES = 2 * 1024 * 1024;

/** Finishes what killed proxies and full disks left, at the start and whenever there is something. */
export class RecordingRecovery {
  readonly #store: RecordingStore;
  readonly #reserve: DiskReserve;
  readonly #onRecovered: () => void;
  readonly #logger: Logger;
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> | undefined;

  static create(options: {
    store: RecordingStore;
    /** Where some bytes are put aside. */
    reserveFile: string;
    /** There may be something to deliver. */
    onRecovered: () => void;
    logger: Logger;
  }): RecordingRecovery {
    return new RecordingRecovery(options);
  }

  private constructor(options: {
    store: RecordingStore;
    reserveFile: string;
    onRecovered: () => void;
    logger: Logger;
  }) {
    this.#store = options.store;
    this.#reserve = DiskReserve.create(options.reserveFile, RESERVE_BYTES);
    this.#onRecovered = options.onRecovered;
    this.#logger = options.logger;
  }

  start(): void {
    this.#timer = setInterval(() => this.#look(), INTERVAL_MS);
    this.#look();
  }

  /** Resolves when the attempt that is under way has ended. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#running;
  }

  #look(): void {
    this.#running ??= this.#recover().finally(() => {
      this.#running = undefined;
    });
  }

  async #recover(): Promise<void> {
    try {
      if (this.#store.unfinished().length > 0) {
        // Each recording that is finished can be delivered, and so gives room.
        this.#reserve.release();
        await recoverRecordings(this.#store, this.#logger);
        this.#onRecovered();
      } else {
        this.#reserve.fill();
      }
    } catch (error) {
      this.#logger.error({ err: error }, 'looking for recordings failed');
    }
  }
}
