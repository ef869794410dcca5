import type { Duplex } from 'node:stream';

/** How much a client may send before its connection is upgraded, in bytes; more stays in its socket. */
const MAX_EARLY_BYTES = 64 * 1024;

/**
 * A client that waits for its connection to be upgraded. What it sends
 * meanwhile is kept, and its going is noticed.
 */
export class WaitingClient {
  readonly #socket: Duplex;
  readonly #gone = new AbortController();
  readonly #early: Buffer[];
  #earlyBytes: number;

  /** @param firstBytes - what came right behind the request */
  static create(socket: Duplex, firstBytes: Buffer): WaitingClient {
    return new WaitingClient(socket, firstBytes);
  }

  private constructor(socket: Duplex, firstBytes: Buffer) {
    this.#socket = socket;
    this.#early = [firstBytes];
    this.#earlyBytes = firstBytes.length;
    socket.on('data', this.#keep).on('end', this.#leave);
    socket.on('close', this.#leave);
    if (socket.destroyed) {
      this.#leave();
    }
  }

  /** Aborted when the client has ended its connection. */
  get gone(): AbortSignal {
    return this.#gone.signal;
  }

  /** Ends the waiting: the socket is paused, and what it sent is returned. */
  release(): Buffer {
    this.#socket
      .off('data', this.#keep)
      .off('end', this.#leave)
      .off('close', this.#leave)
      .pause();
    return Buffer.concat(this.#early);
  }

  readonly #keep = (chunk: Buffer) => {
    this.#early.push(chunk);
    this.#earlyBytes += chunk.length;
    if (this.#earlyBytes > MAX_EARLY_BYTES) {
      this.#socket.pause();
    }
  };

  readonly #leave = () => this.#gone.abort();
}
