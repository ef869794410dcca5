import type { UpstreamConnection } from '../UpstreamConnection';
import type { HttpCallHandler } from './HttpCall';
import { HttpClientError } from './HttpClientError';
import { HttpConnection, HttpConnectionOwner } from './HttpConnection';
import type { HttpRequest } from './HttpRequest';
import { RequestHead, writeRequestHead } from './writeRequestHead';

/** An idle connection is closed after so long, in milliseconds: before balancers drop it silently. */
const KEEP_ALIVE_MS = 55_000;
/** So much sooner than the server says, in milliseconds: it may close it just when the next call is on its way. */
const KEEP_ALIVE_MARGIN_MS = 1000;
/** How often idle connections are looked at, in milliseconds. */
const SWEEP_MS = 1000;

/** A call that waits for the end of the turn. */
type WaitingCall = {
  request: HttpRequest;
  head: RequestHead;
  handler: HttpCallHandler;
};

type IdleConnection = {
  connection: HttpConnection;
  /** By the pool's clock, in milliseconds. */
  until: number;
};

function closed(): HttpClientError {
  return new HttpClientError(
    'ERR_HTTP_CONNECTION_ENDED',
    'the connection was closed before anything was sent over it',
  );
}

/**
 * The connections to one API server for ordinary calls: as many as there are
 * calls at once. One that was used last is used first.
 */
export class ConnectionPool implements HttpConnectionOwner {
  readonly #connect: () => Promise<UpstreamConnection>;
  readonly #now: () => number;
  readonly #connections = new Set<HttpConnection>();
  #idle: IdleConnection[] = [];
  #waiting: WaitingCall[] = [];
  #callCount = 0;
  #sweeper: NodeJS.Timeout | undefined;
  #state: 'open' | 'retired' | 'closed' = 'open';
  #onQuiet: (() => void)[] = [];

  /**
   * @param connect - makes a connection, for one pool alone
   * @param now - milliseconds of a clock that only goes forward
   */
  static create(options: {
    connect: () => Promise<UpstreamConnection>;
    now?: () => number;
  }): ConnectionPool {
    return new ConnectionPool(options);
  }

  private constructor(options: {
    connect: () => Promise<UpstreamConnection>;
    now?: () => number;
  }) {
    this.#connect = options.connect;
    this.#now = options.now ?? (() => performance.now());
  }

  /** Calls under way, and those that wait for their connection. */
  get callCount(): number {
    return this.#callCount;
  }

  /**
   * Sends a call at the end of this turn: what has already come on an idle
   * connection, such as its end, is seen before then. Everything else is told to
   * the handler, also when no connection can be made; then without `onSent`.
   *
   * @throws HttpClientError when the request cannot be sent as it is
   */
  send(request: HttpRequest, handler: HttpCallHandler): void {
    const head = writeRequestHead(request);
    this.#callCount += 1;
    this.#waiting.push({ request, head, handler });
    if (this.#waiting.length === 1) {
      setImmediate(this.#sendWaiting);
    }
  }

  /**
   * Idle connections close now, each other one with its call; also those of calls
   * that are still to be sent. Resolves when no call is under way.
   */
  async retire(): Promise<void> {
    if (this.#state === 'open') {
      this.#state = 'retired';
    }
    this.#closeIdle();
    if (this.#callCount > 0) {
      await new Promise<void>(resolve => {
        this.#onQuiet.push(resolve);
      });
    }
  }

  /** Cuts all connections. */
  close(): void {
    this.#state = 'closed';
    this.#closeIdle();
    this.#connections.forEach(connection => connection.destroy());
  }

  onCallOver(connection: HttpConnection, keepAliveMs: number): void {
    this.#callEnded();
    const idleMs = Math.min(KEEP_ALIVE_MS, keepAliveMs - KEEP_ALIVE_MARGIN_MS);
    if (this.#state !== 'open' || idleMs <= 0) {
      connection.destroy();
      return;
    }
    this.#idle.push({ connection, until: this.#now() + idleMs });
    this.#sweeper ??= setInterval(this.#sweep, SWEEP_MS).unref();
  }

  onClosed(connection: HttpConnection): void {
    this.#connections.delete(connection);
  }

  readonly #sendWaiting = () => {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const call of waiting) {
      const connection = this.#takeIdle();
      if (connection) {
        connection.send(call.request, call.head, call.handler);
      } else {
        this.#sendOverNew(call);
      }
    }
  };

  #takeIdle(): HttpConnection | undefined {
    for (
      let idle = this.#idle.pop();
      idle !== undefined;
      idle = this.#idle.pop()
    ) {
      if (idle.connection.isUsable && idle.until > this.#now()) {
        return idle.connection;
      }
      idle.connection.destroy();
    }
    return undefined;
  }

  #sendOverNew({ request, head, handler }: WaitingCall): void {
    this.#open().then(
      connection => connection.send(request, head, handler),
      error => {
        this.#callEnded();
        handler.onError(error);
      },
    );
  }

  async #open(): Promise<HttpConnection> {
    if (this.#isClosed) {
      throw closed();
    }
    const made = await this.#connect();
    // By now it may have ended by itself, too.
    if (this.#isClosed || made.socket.destroyed) {
      made.socket.on('error', () => {}).destroy();
      throw closed();
    }
    const connection = HttpConnection.over(made, this);
    this.#connections.add(connection);
    return connection;
  }

  get #isClosed(): boolean {
    return this.#state === 'closed';
  }

  #callEnded(): void {
    this.#callCount -= 1;
    if (this.#callCount === 0 && this.#onQuiet.length > 0) {
      this.#onQuiet.splice(0).forEach(resolve => resolve());
    }
  }

  /** Closes those that were idle for too long, and forgets those that the server has closed. */
  readonly #sweep = () => {
    const now = this.#now();
    this.#idle = this.#idle.filter(({ connection, until }) => {
      const isKept = connection.isUsable && until > now;
      if (!isKept) {
        connection.destroy();
      }
      return isKept;
    });
    if (this.#idle.length === 0) {
      this.#stopSweeper();
    }
  };

  #stopSweeper() {
    clearInterval(this.#sweeper);
    this.#sweeper = undefined;
  }

  #closeIdle(): void {
    this.#idle.splice(0).forEach(({ connection }) => connection.destroy());
    this.#stopSweeper();
  }
}
