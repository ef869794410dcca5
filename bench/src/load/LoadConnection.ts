import { connect as connectTcp, Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';

const HEAD_END = Buffer.from('\r\n\r\n');
/** What a chunked body ends with; the bodies of the benchmarks never hold it themselves. */
const LAST_CHUNK = Buffer.from('\r\n0\r\n\r\n');

/** Where a load goes. */
export type Address = {
  port: number;
  /** The certificate to trust, PEM; undefined for plain HTTP. */
  certificate?: string;
};

/**
 * One client connection that is kept alive. It reads just as much of an answer
 * as is needed to know that it is the right one and whole, so that the load
 * generator is not what is measured.
 */
export class LoadConnection {
  readonly #socket: Socket;
  #inHead = true;
  #chunked = false;
  /** Bytes of the body that are still to come, when it has a length. */
  #remaining = 0;
  #status = 0;
  #pendingHead = Buffer.alloc(0);
  #tail = Buffer.alloc(0);
  /** An answer of just this length and status in one piece needs no parsing. */
  #usual = { length: 0, status: 0 };
  #onAnswer: ((status: number) => void) | undefined;
  #onFailure: ((error: Error) => void) | undefined;
  #onBodyBegun: (() => void) | undefined;
  #bodyBytes = 0;

  static async open(address: Address): Promise<LoadConnection> {
    const socket = await new Promise<Socket>((resolve, reject) => {
      const connected: Socket = address.certificate
        ? connectTls(
            { host: '127.0.0.1', port: address.port, ca: address.certificate },
            () => resolve(connected),
          )
        : connectTcp({ host: '127.0.0.1', port: address.port }, () =>
            resolve(connected),
          );
      connected.once('error', reject);
    });
    socket.removeAllListeners('error');
    return new LoadConnection(socket);
  }

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.setNoDelay(true);
    socket.on('data', chunk => this.#receive(chunk));
    socket.on('error', error => this.#onFailure?.(error));
    socket.on('close', () =>
      this.#onFailure?.(new Error('the connection was closed')),
    );
  }

  /** Bytes of bodies that have come so far. */
  get bodyBytes(): number {
    return this.#bodyBytes;
  }

  /** Sends a whole request; resolves with the status when the whole answer is there. */
  exchange(request: Buffer): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#onFailure = reject;
      this.exchangeThen(request, resolve);
    });
  }

  /** As {@link exchange} without promises, for the loop that measures. */
  exchangeThen(request: Buffer, onAnswer: (status: number) => void): void {
    this.#onAnswer = onAnswer;
    this.#socket.write(request);
  }

  onFailure(listener: (error: Error) => void): void {
    this.#onFailure = listener;
  }

  /** Sends a request whose answer goes on and on; resolves when its body has begun. */
  begin(request: Buffer): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#onFailure = reject;
      this.#onBodyBegun = resolve;
      this.#socket.write(request);
    });
  }

  /** Sends a head and then so many bytes of body, no faster than they are taken. */
  async upload(head: Buffer, piece: Buffer, pieces: number): Promise<number> {
    const answered = this.exchange(head);
    answered.catch(() => {});
    for (let i = 0; i < pieces && !this.#socket.destroyed; i++) {
      if (!this.#socket.write(piece)) {
        await Promise.race([
          new Promise(resolve => {
            this.#socket.once('drain', resolve);
          }),
          answered,
        ]);
      }
    }
    return await answered;
  }

  close(): void {
    this.#onFailure = undefined;
    this.#socket.destroy();
  }

  #receive(chunk: Buffer): void {
    if (!this.#inHead) {
      this.#receiveBody(chunk);
      return;
    }
    if (
      this.#pendingHead.length === 0 &&
      chunk.length === this.#usual.length &&
      statusOf(chunk) === this.#usual.status
    ) {
      this.#answered(this.#usual.status);
      return;
    }
    const head =
      this.#pendingHead.length > 0
        ? Buffer.concat([this.#pendingHead, chunk])
        : chunk;
    const end = head.indexOf(HEAD_END);
    if (end === -1) {
      this.#pendingHead = head;
      return;
    }
    this.#pendingHead = Buffer.alloc(0);
    this.#inHead = false;
    const text = head.toString('latin1', 0, end + 2);
    this.#status = Number(text.slice(9, 12));
    this.#chunked = /\r\ntransfer-encoding: *chunked/i.test(text);
    this.#remaining = Number(
      /\r\ncontent-length: *(\d+)/i.exec(text)?.[1] ?? 0,
    );
    const body = head.subarray(end + HEAD_END.length);
    if (!this.#chunked && head === chunk && body.length === this.#remaining) {
      this.#usual = { length: chunk.length, status: this.#status };
    }
    // The end of the head may be a part of the mark that ends the body.
    this.#tail = Buffer.from('\r\n');
    this.#receiveBody(body);
  }

  #receiveBody(chunk: Buffer): void {
    this.#bodyBytes += chunk.length;
    if (chunk.length > 0) {
      this.#onBodyBegun?.();
      this.#onBodyBegun = undefined;
    }
    if (this.#chunked) {
      const end =
        chunk.length >= LAST_CHUNK.length
          ? chunk.subarray(-LAST_CHUNK.length)
          : Buffer.concat([this.#tail, chunk]).subarray(-LAST_CHUNK.length);
      if (end.equals(LAST_CHUNK)) {
        this.#answered(this.#status);
      } else {
        this.#tail = Buffer.from(end);
      }
      return;
    }
    this.#remaining -= chunk.length;
    if (this.#remaining <= 0) {
      this.#answered(this.#status);
    }
  }

  #answered(status: number): void {
    this.#inHead = true;
    this.#onAnswer?.(status);
  }
}

/** Of `HTTP/1.1 200 OK`: 200. */
function statusOf(answer: Buffer): number {
  return (answer[9] - 48) * 100 + (answer[10] - 48) * 10 + (answer[11] - 48);
}
