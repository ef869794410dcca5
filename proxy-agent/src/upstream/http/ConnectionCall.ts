import type { Duplex } from 'node:stream';
import type { HttpCall, HttpCallHandler } from './HttpCall';
import type { RawHeaders } from './RawHeaders';
import { ResponseHead, ResponseParser, ResponseSink } from './ResponseParser';

/** One call over a connection: passes on to who made it what comes of its answer. */
export class ConnectionCall implements HttpCall, ResponseSink {
  readonly #handler: HttpCallHandler;
  readonly #parser: ResponseParser;
  readonly #socket: Duplex;
  readonly #isLent: boolean;
  /** What a read has brought of the body. */
  readonly #pieces: Buffer[] = [];
  #trailers: RawHeaders | undefined;
  #isPaused = false;
  #isOver = false;

  /** @param options.isLent - whether what is fed is used for something else afterwards */
  static create(options: {
    handler: HttpCallHandler;
    method: string;
    socket: Duplex;
    isLent: boolean;
  }): ConnectionCall {
    return new ConnectionCall(options);
  }

  private constructor(options: {
    handler: HttpCallHandler;
    method: string;
    socket: Duplex;
    isLent: boolean;
  }) {
    this.#handler = options.handler;
    this.#parser = ResponseParser.create(this, options.method);
    this.#socket = options.socket;
    this.#isLent = options.isLent;
  }

  get isPaused(): boolean {
    return this.#isPaused;
  }

  /** Nobody is told of anything more. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** All of the answer has come. */
  get isAnswered(): boolean {
    return this.#trailers !== undefined;
  }

  /** See {@link ResponseParser.keepAliveMs}. */
  get keepAliveMs(): number {
    return this.#parser.keepAliveMs;
  }

  pause(): void {
    if (!this.#isOver && !this.#isPaused) {
      this.#isPaused = true;
      this.#socket.pause();
    }
  }

  resume(): void {
    if (!this.#isOver && this.#isPaused) {
      this.#isPaused = false;
      this.#socket.resume();
    }
  }

  abort(): void {
    if (!this.#isOver) {
      this.#isOver = true;
      this.#socket.destroy();
    }
  }

  /**
   * @returns how much of the bytes is of the answer
   * @throws HttpClientError when it cannot be read
   */
  feed(bytes: Buffer): number {
    try {
      return this.#parser.feed(bytes);
    } finally {
      this.#passPieces();
    }
  }

  /**
   * The server has ended the connection.
   *
   * @throws HttpClientError when the answer is not whole
   */
  serverEnded(): void {
    this.#parser.end();
  }

  /** Tells of the end of the answer. */
  finish(): void {
    if (!this.#isOver) {
      this.#isOver = true;
      this.#handler.onEnd(this.#trailers ?? []);
    }
  }

  fail(error: Error): void {
    if (!this.#isOver) {
      this.#isOver = true;
      this.#handler.onError(error);
    }
  }

  onHead(head: ResponseHead): void {
    if (!this.#isOver) {
      this.#handler.onHead(head);
    }
  }

  onBody(bytes: Buffer): void {
    this.#pieces.push(bytes);
  }

  onEnd(trailers: RawHeaders): void {
    this.#trailers = trailers;
  }

  /** Chunks that came together go on together. */
  #passPieces(): void {
    const pieces = this.#pieces;
    if (pieces.length === 0) {
      return;
    }
    const isOwn = pieces.length === 1 && !this.#isLent;
    const bytes = isOwn ? pieces[0] : Buffer.concat(pieces);
    pieces.length = 0;
    if (!this.#isOver) {
      this.#handler.onBody(bytes);
    }
  }
}
