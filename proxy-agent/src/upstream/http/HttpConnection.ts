import { Readable } from 'node:stream';
import type { UpstreamConnection } from '../UpstreamConnection';
import { BodyUpload } from './BodyUpload';
import { ConnectionCall } from './ConnectionCall';
import type { HttpCallHandler } from './HttpCall';
import { HttpClientError } from './HttpClientError';
import type { HttpRequest } from './HttpRequest';
import type { RequestHead } from './writeRequestHead';

/** Who has a connection. */
export type HttpConnectionOwner = {
  /**
   * Its call is over.
   *
   * @param keepAliveMs - how long the server keeps it, in milliseconds: 0 when it has ended or is about to
   */
  onCallOver(connection: HttpConnection, keepAliveMs: number): void;
  onClosed(connection: HttpConnection): void;
};

/** A connection for ordinary calls, one after the other: none is sent before the last answer is whole. */
export class HttpConnection {
  readonly #connection: UpstreamConnection;
  readonly #owner: HttpConnectionOwner;
  #call: ConnectionCall | undefined;
  #upload: BodyUpload | undefined;
  /** The connection is not used after the call. */
  #isLast = false;
  #error: Error | undefined;

  static over(
    connection: UpstreamConnection,
    owner: HttpConnectionOwner,
  ): HttpConnection {
    return new HttpConnection(connection, owner);
  }

  private constructor(
    connection: UpstreamConnection,
    owner: HttpConnectionOwner,
  ) {
    this.#connection = connection;
    this.#owner = owner;
    connection.socket
      .on('error', error => {
        // Close follows.
        this.#error ??= error;
      })
      .on('end', () => this.#serverEnded())
      .on('close', () => this.#closed())
      .on('drain', () => this.#upload?.resume());
    connection.lendReads(bytes => this.#read(bytes));
    connection.socket.resume();
  }

  get isUsable(): boolean {
    return !this.#connection.socket.destroyed;
  }

  /** Sends a call, when the last one is over. */
  send(
    request: HttpRequest,
    head: RequestHead,
    handler: HttpCallHandler,
  ): void {
    const { socket, isLent } = this.#connection;
    const { method, body } = request;
    const call = ConnectionCall.create({ handler, method, socket, isLent });
    this.#call = call;
    this.#isLast = head.isLast;
    handler.onSent(call);
    if (call.isOver) {
      return;
    }
    if (body === undefined) {
      socket.write(head.text, 'latin1');
    } else if (body instanceof Readable) {
      socket.write(head.text, 'latin1');
      this.#upload = BodyUpload.start({
        body,
        socket,
        length: head.length,
        onBroken: error => this.#break(error),
      });
    } else {
      socket.write(joined(head.text, body));
    }
  }

  /** Cuts it. */
  destroy(): void {
    this.#connection.socket.destroy();
  }

  #read(bytes: Buffer): void {
    const call = this.#call;
    if (!call) {
      // Nobody has asked for it, and it must not answer the next call.
      this.destroy();
      return;
    }
    let used: number;
    try {
      used = call.feed(bytes);
    } catch (error) {
      this.#break(error as Error);
      return;
    }
    if (call.isAnswered) {
      this.#answered(call, used === bytes.length);
    }
  }

  /** @param isClean - nothing came behind the answer */
  #answered(call: ConnectionCall, isClean: boolean): void {
    const { socket } = this.#connection;
    const isSent = !this.#upload || this.#upload.isOver;
    const isUsable = isClean && isSent && !this.#isLast && this.isUsable;
    const keepAliveMs = isUsable ? call.keepAliveMs : 0;
    this.#leaveCall();
    if (keepAliveMs === 0) {
      socket.destroy();
    } else if (call.isPaused) {
      socket.resume();
    }
    this.#owner.onCallOver(this, keepAliveMs);
    call.finish();
  }

  #serverEnded(): void {
    const call = this.#call;
    if (call) {
      try {
        call.serverEnded();
        this.#answered(call, false);
      } catch (error) {
        this.#error ??= error as Error;
      }
    }
    this.destroy();
  }

  #break(error: Error): void {
    this.#error ??= error;
    this.destroy();
  }

  #closed(): void {
    const call = this.#call;
    if (call) {
      this.#leaveCall();
      this.#owner.onCallOver(this, 0);
      call.fail(
        this.#error ??
          new HttpClientError(
            'ERR_HTTP_CONNECTION_ENDED',
            'the connection ended before the answer was whole',
          ),
      );
    }
    this.#owner.onClosed(this);
  }

  #leaveCall(): void {
    this.#call = undefined;
    this.#upload?.stop();
    this.#upload = undefined;
  }
}

/** One piece, so that it goes out in one. */
function joined(head: string, body: Buffer): Buffer {
  const bytes = Buffer.allocUnsafe(head.length + body.length);
  bytes.write(head, 'latin1');
  body.copy(bytes, head.length);
  return bytes;
}
