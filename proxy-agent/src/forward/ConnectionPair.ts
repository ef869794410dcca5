import type { Duplex } from 'node:stream';

/** How long a connection may take to accept the last bytes, in milliseconds. */
const FAREWELL_MS = 2000;

/** One side of a {@link ConnectionPair}. */
export type Side = 'client' | 'upstream';

/** Who reads along. */
export type PairObserver = {
  /** Gets bytes before they are passed on; they are not when it returns false. */
  see(from: Side, chunk: Buffer): boolean;
  /** Own bytes that are to follow those that were just passed on to the client, if any. */
  following(): Buffer | undefined;
  /** What has to come before more is read, if anything. */
  heldBack(): Promise<void> | undefined;
  /** The client has gone, having got all that was for it. @param first - who ended the connection */
  onClosed(first: Side): void;
};

/**
 * Two connections of which each gets what the other sends, with backpressure.
 * A direction may end alone.
 */
export class ConnectionPair {
  readonly #client: Duplex;
  readonly #upstream: Duplex;
  readonly #observer: PairObserver;
  #first: Side | undefined;
  #isCut = false;

  static create(
    sides: Record<Side, Duplex>,
    observer: PairObserver,
  ): ConnectionPair {
    return new ConnectionPair(sides, observer);
  }

  private constructor(sides: Record<Side, Duplex>, observer: PairObserver) {
    this.#client = sides.client;
    this.#upstream = sides.upstream;
    this.#observer = observer;
  }

  /** @param early - what each has sent already */
  start(early: Record<Side, Buffer>): void {
    this.#inject();
    this.#connect('client', this.#client, this.#upstream, early.client);
    this.#connect('upstream', this.#upstream, this.#client, early.upstream);
  }

  /** Cuts the upstream off; the client gets these bytes as the last. */
  cut(lastBytes: Buffer | undefined): void {
    this.#isCut = true;
    this.#upstream.destroy();
    if (lastBytes && this.#client.writable) {
      this.#client.write(lastBytes);
    }
    this.#sayFarewell(this.#client);
  }

  #connect(side: Side, from: Duplex, to: Duplex, early: Buffer): void {
    if ('setNoDelay' in from && typeof from.setNoDelay === 'function') {
      from.setNoDelay(true);
    }
    const closed = () => this.#closed(side);
    from.on('data', chunk => this.#pass(side, from, to, chunk));
    const ended = () => {
      this.#first ??= side;
      to.end();
    };
    from.on('end', ended);
    // An error is followed by close.
    from.on('error', () => {}).on('close', closed);
    to.on('drain', () => this.#flow(from, to));
    if (early.length > 0) {
      this.#pass(side, from, to, early);
    }
    this.#flow(from, to);
    if (from.readableEnded) {
      ended();
    }
    if (from.destroyed) {
      closed();
    }
  }

  #pass(side: Side, from: Duplex, to: Duplex, chunk: Buffer): void {
    if (this.#isCut || !to.writable || !this.#observer.see(side, chunk)) {
      return;
    }
    to.write(chunk);
    if (side === 'upstream') {
      this.#inject();
    }
    if (to.writableNeedDrain || this.#observer.heldBack()) {
      from.pause();
      this.#flow(from, to);
    }
  }

  #inject(): void {
    const own = this.#observer.following();
    if (own) {
      this.#client.write(own);
    }
  }

  /** Lets more come as soon as it can be passed on. */
  #flow(from: Duplex, to: Duplex): void {
    if (to.writableNeedDrain) {
      // Its drain calls again.
      return;
    }
    const relief = this.#observer.heldBack();
    if (relief) {
      relief.then(() => this.#flow(from, to));
    } else {
      from.resume();
    }
  }

  #closed(side: Side): void {
    this.#first ??= side;
    if (side === 'client') {
      this.#sayFarewell(this.#upstream);
      this.#observer.onClosed(this.#first);
    } else {
      // A slow client may have much to read still: only it knows how long.
      this.#client.end();
      this.#client.resume();
    }
  }

  #sayFarewell(side: Duplex): void {
    side.end();
    side.resume();
    const timer = setTimeout(() => side.destroy(), FAREWELL_MS);
    side.once('close', () => clearTimeout(timer));
  }
}
