import type { Http2Session } from 'node:http2';
import type { Socket } from 'node:net';

/** How often the other side is asked whether it is there, in milliseconds. */
const PROBE_MS = 3000;
/** How long it may be silent, in milliseconds; it is noticed within a probe more. */
const SILENCE_MS = 8000;

/**
 * Notices that the other side of a tunnel has gone without a word: any byte of
 * it counts as a sign of life, so that a link that is busy is not taken for one
 * that is dead.
 */
export class KeepAlive {
  readonly #session: Http2Session;
  readonly #socket: Pick<Socket, 'bytesRead'>;
  readonly #onDead: (error: Error) => void;
  readonly #now: () => number;
  readonly #timer: NodeJS.Timeout;
  #bytesRead: number;
  #heardAt: number;
  #roundTripMs: number | undefined;

  /** @param options.now - milliseconds of a clock that only goes forward */
  static start(options: {
    session: Http2Session;
    socket: Pick<Socket, 'bytesRead'>;
    onDead: (error: Error) => void;
    now?: () => number;
  }): KeepAlive {
    return new KeepAlive(options);
  }

  private constructor(options: {
    session: Http2Session;
    socket: Pick<Socket, 'bytesRead'>;
    onDead: (error: Error) => void;
    now?: () => number;
  }) {
    this.#session = options.session;
    this.#socket = options.socket;
    this.#onDead = options.onDead;
    this.#now = options.now ?? (() => performance.now());
    this.#bytesRead = this.#socket.bytesRead;
    this.#heardAt = this.#now();
    this.#timer = setInterval(() => this.#look(), PROBE_MS);
    this.#timer.unref();
    this.#session.once('close', () => clearInterval(this.#timer));
    setImmediate(() => this.#probe());
  }

  /** Of the last probe that was answered, in milliseconds. */
  get roundTripMs(): number | undefined {
    return this.#roundTripMs;
  }

  #look(): void {
    const now = this.#now();
    if (this.#socket.bytesRead !== this.#bytesRead) {
      this.#bytesRead = this.#socket.bytesRead;
      this.#heardAt = now;
    } else if (now - this.#heardAt >= SILENCE_MS) {
      clearInterval(this.#timer);
      this.#onDead(
        new Error(
          `nothing was heard of the other side for ${Math.round(
            (now - this.#heardAt) / 1000,
          )} s`,
        ),
      );
      return;
    }
    this.#probe();
  }

  #probe(): void {
    if (this.#session.destroyed) {
      return;
    }
    if (this.#session.closed) {
      // It ends with its last stream, which may be silent for long. Node sends
      // no ping any more, but settings, and these are answered, too.
      this.#session.settings({});
      return;
    }
    this.#session.ping((error, duration) => {
      if (!error) {
        this.#roundTripMs = duration;
      }
    });
  }
}
