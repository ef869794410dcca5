import type { OnReadOpts, Socket } from 'node:net';
import type { Duplex } from 'node:stream';

/** What one read can bring at the most, in bytes. */
const READ_BYTES = 64 * 1024;

/**
 * All these connections read into it: what a read brought is taken before the
 * next read. Node would make memory for each read, and what a session prints in
 * bulk would keep the garbage collector busy.
 */
const MEMORY = Buffer.allocUnsafeSlow(READ_BYTES);

/**
 * A connection to an API server. Its socket is a stream like any other until
 * {@link lendReads} takes the stream's place: at once for ordinary calls, else
 * with the upgrade.
 */
export class UpstreamConnection<S extends Duplex = Duplex> {
  readonly socket: S;
  /** Otherwise what it reads has memory of its own. */
  readonly isLent: boolean;
  #onBytes: ((bytes: Buffer) => void) | undefined;

  /** @param dial - makes the socket with this option of it */
  static create(
    dial: (options: { onread: OnReadOpts }) => Socket,
  ): UpstreamConnection<Socket> {
    return new UpstreamConnection(take =>
      dial({
        onread: {
          buffer: MEMORY,
          callback: bytes => take(MEMORY.subarray(0, bytes)),
        },
      }),
    );
  }

  /** Another kind of connection, such as a stream of a tunnel. */
  static of(stream: Duplex): UpstreamConnection {
    return new UpstreamConnection(stream);
  }

  private constructor(made: S | ((take: (bytes: Buffer) => boolean) => S)) {
    this.isLent = typeof made === 'function';
    this.socket =
      typeof made === 'function' ? made(bytes => this.#take(bytes)) : made;
  }

  /**
   * From now on bytes go there, as soon as the socket is resumed, and it has no
   * `data` events any more. `pause`, `end` and `close` stay as they are, except
   * that some bytes can come after a pause.
   *
   * @param onBytes - gets bytes that are its own until it returns
   */
  lendReads(onBytes: (bytes: Buffer) => void): void {
    if (!this.isLent) {
      // Until it is resumed.
      this.socket.pause();
    }
    // What came before this was asked for.
    for (
      let bytes: Buffer | null = this.socket.read();
      bytes !== null;
      bytes = this.socket.read()
    ) {
      onBytes(bytes);
    }
    if (this.isLent) {
      this.#onBytes = onBytes;
    } else {
      this.socket.on('data', onBytes);
    }
  }

  /** @returns whether more may come at once */
  #take(bytes: Buffer): boolean {
    if (this.#onBytes) {
      this.#onBytes(bytes);
      return true;
    }
    return this.socket.push(Buffer.from(bytes));
  }
}
