import type { Duplex, Readable } from 'node:stream';
import { HttpClientError } from './HttpClientError';

/** Sends the body of a request as it comes, as fast as the server takes it. */
export class BodyUpload {
  readonly #body: Readable;
  readonly #socket: Duplex;
  /** Bytes that have yet to come; undefined when it goes in chunks. */
  #missing: number | undefined;
  readonly #onBroken: (error: Error) => void;
  #isOver = false;

  /**
   * @param length - in bytes; undefined to send it in chunks
   * @param onBroken - the server must not take what it got for the whole
   */
  static start(options: {
    body: Readable;
    socket: Duplex;
    length: number | undefined;
    onBroken: (error: Error) => void;
  }): BodyUpload {
    return new BodyUpload(options);
  }

  private constructor(options: {
    body: Readable;
    socket: Duplex;
    length: number | undefined;
    onBroken: (error: Error) => void;
  }) {
    this.#body = options.body;
    this.#socket = options.socket;
    this.#missing = options.length;
    this.#onBroken = options.onBroken;
    this.#body
      .on('data', this.#send)
      .on('end', this.#finish)
      .on('close', this.#break);
    if (this.#body.destroyed) {
      this.#break();
    }
  }

  /** All was sent, or nothing more will be. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** The server takes more. */
  resume(): void {
    if (!this.#isOver) {
      this.#body.resume();
    }
  }

  /** Sends nothing more. */
  stop(): void {
    if (!this.#isOver) {
      this.#leave();
      this.#body.destroy();
    }
  }

  #leave(): void {
    this.#isOver = true;
    this.#body
      .off('data', this.#send)
      .off('end', this.#finish)
      .off('close', this.#break);
  }

  readonly #send = (chunk: Buffer) => {
    const socket = this.#socket;
    let mayGoOn = true;
    if (this.#missing !== undefined) {
      this.#missing -= chunk.length;
      if (this.#missing < 0) {
        this.#break();
        return;
      }
      mayGoOn = socket.write(chunk);
    } else if (chunk.length > 0) {
      socket.cork();
      socket.write(`${chunk.length.toString(16)}\r\n`, 'latin1');
      socket.write(chunk);
      mayGoOn = socket.write('\r\n', 'latin1');
      socket.uncork();
    }
    if (!mayGoOn) {
      this.#body.pause();
    }
  };

  readonly #finish = () => {
    if (this.#missing === undefined) {
      this.#socket.write('0\r\n\r\n', 'latin1');
    } else if (this.#missing > 0) {
      this.#break();
      return;
    }
    this.#leave();
  };

  readonly #break = () => {
    this.stop();
    this.#onBroken(
      new HttpClientError(
        'ERR_HTTP_REQUEST',
        'the body of the request broke off',
      ),
    );
  };
}
