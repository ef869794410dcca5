import { createConnection, Socket } from 'node:net';
import { connect as connectTls, ConnectionOptions } from 'node:tls';
import { until } from '../TestProxy';

const PUSH_BYTES = 64 * 1024;
/** A writer that has not got on for so long is stalled, in milliseconds. */
const STALL_MS = 1000;

/** One end of a TCP or TLS connection whose bytes a test writes and reads itself. */
export class RawConnection {
  readonly socket: Socket;
  /** The other side has ended its direction. */
  ended = false;
  closed = false;
  /** The error that closed it, if any: `ECONNRESET` after a reset. */
  errorCode: string | undefined;
  #chunks: Buffer[] = [];
  #keeps = true;

  static async open(
    port: number,
    tls?: ConnectionOptions,
  ): Promise<RawConnection> {
    const options = { port, host: '127.0.0.1', allowHalfOpen: true };
    const connection = RawConnection.over(
      tls ? connectTls({ ...options, ...tls }) : createConnection(options),
    );
    await new Promise<void>((resolve, reject) => {
      connection.socket.once(tls ? 'secureConnect' : 'connect', resolve);
      connection.socket.once('error', reject);
    });
    return connection;
  }

  static over(socket: Socket): RawConnection {
    return new RawConnection(socket);
  }

  private constructor(socket: Socket) {
    this.socket = socket;
    socket.setNoDelay(true);
    socket.on('data', chunk => {
      if (this.#keeps) {
        this.#chunks.push(Buffer.from(chunk));
      }
    });
    socket.on('end', () => {
      this.ended = true;
    });
    socket.on('close', () => {
      this.closed = true;
    });
    socket.on('error', (error: NodeJS.ErrnoException) => {
      this.errorCode = error.code;
    });
  }

  get bytes(): Buffer {
    return Buffer.concat(this.#chunks);
  }

  /** All that came so far, a character for a byte. */
  get text(): string {
    return this.bytes.toString('latin1');
  }

  /** @param data - text is sent a byte for a character */
  write(data: string | Buffer): void {
    this.socket.write(
      typeof data === 'string' ? Buffer.from(data, 'latin1') : data,
    );
  }

  /** From now on what comes is counted alone, by the socket. */
  forget(): void {
    this.#keeps = false;
    this.#chunks = [];
  }

  /**
   * Writes up to so many bytes, until the other side takes no more for a while.
   *
   * @returns the bytes that were taken
   */
  async push(bytes: number): Promise<number> {
    const chunk = Buffer.alloc(PUSH_BYTES, 'x');
    let taken = 0;
    let lastTaken = Date.now();
    const next = () => {
      if (taken < bytes) {
        this.socket.write(chunk, error => {
          if (!error) {
            taken += PUSH_BYTES;
            lastTaken = Date.now();
            next();
          }
        });
      }
    };
    next();
    await until(
      () => taken >= bytes || Date.now() - lastTaken > STALL_MS,
      'the writer to stall',
    );
    return taken;
  }

  /** Waits until the other side takes no more of what was written. */
  async stalls(): Promise<void> {
    let waiting = Infinity;
    let since = Date.now();
    await until(() => {
      if (this.socket.writableLength !== waiting) {
        waiting = this.socket.writableLength;
        since = Date.now();
      }
      return Date.now() - since > STALL_MS;
    }, 'the writer to stall');
  }

  /** Waits until what came matches, and returns all of it. */
  async receives(pattern: string | RegExp): Promise<string> {
    await until(
      () =>
        typeof pattern === 'string'
          ? this.text.includes(pattern)
          : pattern.test(this.text),
      `${pattern} in ${JSON.stringify(this.text.slice(0, 2000))}`,
    );
    return this.text;
  }

  /** Waits until so many bytes came, and no more. */
  async receivesBytes(count: number): Promise<void> {
    await until(() => this.bytes.length === count, `${count} bytes`);
  }

  async isClosed(): Promise<void> {
    await until(() => this.closed, 'the connection to be closed');
  }

  async isEnded(): Promise<void> {
    await until(() => this.ended || this.closed, 'the connection to be ended');
  }

  end(data = ''): void {
    this.socket.end(Buffer.from(data, 'latin1'));
  }

  /** Ends it with a TCP reset. */
  reset(): void {
    this.socket.resetAndDestroy();
  }

  destroy(): void {
    this.socket.destroy();
  }
}
