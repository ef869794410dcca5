import type { Logger } from 'pino';
import { Backoff } from './Backoff';
import { PortalError } from './PortalClient';

/**
 * Runs a step again and again until stopped: at once while there is work,
 * asleep until woken when there is none, and with growing pauses while it
 * fails.
 */
export class DeliveryLoop {
  readonly #name: string;
  readonly #step: (signal: AbortSignal) => Promise<'more' | 'idle'>;
  readonly #idleMs: number;
  readonly #logger: Logger;
  readonly #backoff = Backoff.create();
  readonly #stop = new AbortController();
  #wake: (() => void) | undefined;
  #woken = false;
  #running: Promise<void> | undefined;

  static create(options: {
    name: string;
    /** Says whether there is more to do right now. */
    step: (signal: AbortSignal) => Promise<'more' | 'idle'>;
    /** The longest sleep without being woken, in milliseconds. */
    idleMs: number;
    logger: Logger;
  }): DeliveryLoop {
    return new DeliveryLoop(options);
  }

  private constructor(options: {
    name: string;
    step: (signal: AbortSignal) => Promise<'more' | 'idle'>;
    idleMs: number;
    logger: Logger;
  }) {
    this.#name = options.name;
    this.#step = options.step;
    this.#idleMs = options.idleMs;
    this.#logger = options.logger;
  }

  start(): void {
    this.#running ??= this.#run();
  }

  /** There is work: do not sleep on. */
  wake(): void {
    this.#woken = true;
    this.#wake?.();
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    this.#wake?.();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { signal } = this.#stop;
    while (!signal.aborted) {
      try {
        this.#woken = false;
        const state = await this.#step(signal);
        this.#backoff.succeeded();
        if (state === 'idle' && !this.#woken) {
          await this.#sleep(this.#idleMs);
        }
      } catch (error) {
        if (signal.aborted) {
          return;
        }
        const delay = Math.max(
          this.#backoff.failed(),
          error instanceof PortalError ? error.retryAfterMs : 0,
        );
        this.#logger.warn(
          { error: (error as Error).message, retryInMs: Math.round(delay) },
          `${this.#name} failed`,
        );
        // Not woken early: a failing portal is not asked more often because there is more to say.
        await this.#sleep(delay, false);
      }
    }
  }

  #sleep(milliseconds: number, wakeable: boolean = true): Promise<void> {
    return new Promise(resolve => {
      const done = () => {
        clearTimeout(timer);
        this.#stop.signal.removeEventListener('abort', done);
        this.#wake = undefined;
        resolve();
      };
      const timer = setTimeout(done, milliseconds);
      this.#stop.signal.addEventListener('abort', done);
      this.#wake = wakeable ? done : undefined;
    });
  }
}
