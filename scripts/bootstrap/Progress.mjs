const REFRESH_MS = 250;
/** Off a terminal: how often a step tells that it goes on. */
const SIGN_OF_LIFE_MS = 15_000;

/**
 * Tells what is going on: on a terminal one line that is rewritten, elsewhere
 * one line when a step begins, a few while it lasts and one when it ends.
 */
export class Progress {
  #stream;
  #title = '';
  #detail = '';
  #startedAt = 0;
  /** @type {NodeJS.Timeout | undefined} */
  #timer;

  /** @param {NodeJS.WriteStream} stream */
  static create(stream = process.stdout) {
    return new Progress(stream);
  }

  /**
   * @private
   * @param {NodeJS.WriteStream} stream
   */
  constructor(stream) {
    this.#stream = stream;
  }

  /**
   * Runs one step under a title.
   *
   * @template T
   * @param {string} title
   * @param {(tell: (detail: string) => void) => Promise<T>} run - gets a
   *   function that shows how far it is
   * @returns {Promise<T>}
   */
  async step(title, run) {
    this.#title = title;
    this.#detail = '';
    this.#startedAt = Date.now();
    if (this.#stream.isTTY) {
      this.#timer = setInterval(() => this.#draw(), REFRESH_MS);
      this.#draw();
    } else {
      this.#stream.write(`- ${title} ...\n`);
      this.#timer = setInterval(
        () => this.#stream.write(`${this.#line()}\n`),
        SIGN_OF_LIFE_MS,
      );
    }
    try {
      const result = await run(detail => {
        this.#detail = detail;
      });
      this.#finish('done');
      return result;
    } catch (error) {
      this.#finish('failed');
      throw error;
    }
  }

  /** @param {string} outcome */
  #finish(outcome) {
    clearInterval(this.#timer);
    if (this.#stream.isTTY) this.#stream.write('\r\x1b[2K');
    this.#stream.write(`- ${this.#title}: ${outcome} (${this.#elapsed()})\n`);
  }

  #line() {
    const detail = this.#detail ? ` - ${this.#detail}` : '';
    return `- ${this.#title} ... ${this.#elapsed()}${detail}`;
  }

  #draw() {
    const width = Math.max(20, (this.#stream.columns ?? 80) - 1);
    this.#stream.write(`\r\x1b[2K${this.#line().slice(0, width)}`);
  }

  #elapsed() {
    return formatElapsed(Date.now() - this.#startedAt);
  }
}

/**
 * `7 s`, `2 min 5 s`
 *
 * @param {number} milliseconds
 */
export function formatElapsed(milliseconds) {
  const seconds = Math.round(milliseconds / 1000);
  return seconds < 60
    ? `${seconds} s`
    : `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}
