import { TooManyRequestsError } from '../TooManyRequestsError';

/**
 * Lets so many in at once and so many wait; whoever comes on top of that, or
 * waits too long, is sent away. Nothing of a request is read before it is in.
 */
export class Admission {
  readonly #limits: Parameters<typeof Admission.create>[0];
  #running = 0;
  readonly #waiting: (() => void)[] = [];

  static create(limits: {
    running: number;
    waiting: number;
    waitMs: number;
    /** What those are told that are sent away. */
    retryAfterSeconds: number;
  }): Admission {
    return new Admission(limits);
  }

  private constructor(limits: Parameters<typeof Admission.create>[0]) {
    this.#limits = limits;
  }

  /**
   * @returns what to call when it is done
   * @throws TooManyRequestsError
   */
  async enter(): Promise<() => void> {
    if (this.#running >= this.#limits.running) {
      await this.#wait();
    } else {
      this.#running++;
    }
    let isOver = false;
    return () => {
      if (!isOver) {
        isOver = true;
        this.#leave();
      }
    };
  }

  /** A place is handed on: the number of those that run stays the same. */
  #leave(): void {
    const next = this.#waiting.shift();
    if (next) {
      next();
    } else {
      this.#running--;
    }
  }

  #wait(): Promise<void> {
    const { waiting, waitMs, retryAfterSeconds } = this.#limits;
    if (this.#waiting.length >= waiting) {
      throw new TooManyRequestsError(retryAfterSeconds);
    }
    return new Promise((resolve, reject) => {
      const waitingFor = { enter: () => {} };
      const enter = () => waitingFor.enter();
      const timer = setTimeout(() => {
        this.#waiting.splice(this.#waiting.indexOf(enter), 1);
        reject(new TooManyRequestsError(retryAfterSeconds));
      }, waitMs);
      waitingFor.enter = () => {
        clearTimeout(timer);
        resolve();
      };
      this.#waiting.push(enter);
    });
  }
}
