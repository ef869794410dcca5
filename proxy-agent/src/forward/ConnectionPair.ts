import type { Duplex } from 'node:stream';

/** How long a connection may take to accept the last bytes, in milliseconds. */
const FAREWELL_MS = 2000;

/** One side of a {@link ConnectionPair}. */
export type Side = 'client' | 'upstream';

/** Who reads along. */
export type PairObserver = {
  /** Gets bytes before they are passed on. @returns those that may be passed on now, perhaps with some that came before */
  see(from: Side, chunk: Buffer): readonly Buffer[];
  /** Those of the upstream that were not passed on yet, when no more will come. */
  rest(): readonly Buffer[];
  /** Own bytes that are to follow those that were just passed on to the client, if any. */
  following(): Buffer | undefined;
  /** What has to come before more is read, if anything. */
  heldBack(): Promise<void> | undefined;
  /** The client has gone, having got all that was for it. @param first - who ended the connection */
  onClosed(first: Side): void;
};

/** Reads nothing. */
export const PASS_THROUGH: PairObserver = {
  see: (_from, chunk) => [chunk],
  rest: () => [],
  following: () => undefined,
  heldBack: () => undefined,
  onClosed: () => {},
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
    // An error is followed by close. It can come to a pair that is cut before it starts.
    sides.client.on('error', () => {});
    sides.upstream.on('error', () => {});
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
      this.#passRest(side);
      to.end();
    };
    from.on('end', ended);
    from.on('close', closed);
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
    if (this.#isCut || !to.writable) {
      return;
    }
    const released = this.#observer.see(side, chunk);
    // Seeing it can end the session.
    if (this.#isCut) {
      return;
    }
    this.#write(to, released);
    if (side === 'upstream') {
      this.#inject();
    }
    if (to.writableNeedDrain || this.#observer.heldBack()) {
      from.pause();
      this.#flow(from, to);
    }
  }

  #passRest(side: Side): void {
    if (side === 'upstream' && !this.#isCut && this.#client.writable) {
      this.#write(this.#client, this.#observer.rest());
    }
  }

  #write(to: Duplex, chunks: readonly Buffer[]): void {
    if (chunks.length === 1) {
      to.write(chunks[0]);
      return;
    }
    // One call of the system for all of them.
    to.cork();
    chunks.forEach(chunk => to.write(chunk));
    to.uncork();
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
      this.#passRest(side);
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
