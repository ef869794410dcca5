import type { Duplex } from 'node:stream';
import type { UpstreamConnection } from '../upstream';
import { TurnBatch } from './TurnBatch';

/** How long a connection may take to accept the last bytes, in milliseconds. */
const FAREWELL_MS = 2000;

/**
 * So much may wait to be written, in bytes, before no more is read. What a
 * stream asks for by itself is less than one batch: each would wait until the
 * one before it was sent.
 */
const MAX_WAITING_BYTES = 256 * 1024;

/** One side of a {@link ConnectionPair}. */
export type Side = 'client' | 'upstream';

/** What is to be done with bytes that came. */
export type Seen = {
  /** May be passed on now; all that waited is among it, if there is any. */
  released: readonly Buffer[];
  /** A part of what came waits until some later bytes are released. */
  waits: boolean;
};

/** Who reads along. */
export type PairObserver = {
  /** Gets bytes before they are passed on; what it keeps without returning it must be copied. */
  see(from: Side, chunk: Buffer): Seen;
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
  see: (_from, chunk) => ({ released: [chunk], waits: false }),
  rest: () => [],
  following: () => undefined,
  heldBack: () => undefined,
  onClosed: () => {},
};

/** The two connections of a pair. */
export type Sides = { client: Duplex; upstream: UpstreamConnection };

/**
 * Two connections of which each gets what the other sends, with backpressure.
 * A direction may end alone.
 */
export class ConnectionPair {
  readonly #client: Duplex;
  readonly #upstream: Duplex;
  readonly #connection: UpstreamConnection;
  readonly #observer: PairObserver;
  /** What gives back the memory of bytes of which a part waits. */
  readonly #held: Record<Side, (() => void)[]> = { client: [], upstream: [] };
  #first: Side | undefined;
  #isCut = false;

  static create(sides: Sides, observer: PairObserver): ConnectionPair {
    return new ConnectionPair(sides, observer);
  }

  private constructor(sides: Sides, observer: PairObserver) {
    this.#client = sides.client;
    this.#upstream = sides.upstream.socket;
    this.#connection = sides.upstream;
    this.#observer = observer;
    // An error is followed by close. It can come to a pair that is cut before it starts.
    this.#client.on('error', () => {});
    this.#upstream.on('error', () => {});
  }

  /** @param early - what each has sent already */
  start(early: Record<Side, Buffer>): void {
    this.#inject();
    const toUpstream = this.#batch('client', this.#client, this.#upstream);
    this.#client.on('data', chunk => toUpstream.add(chunk));
    toUpstream.add(early.client);
    this.#connect('client', this.#client, this.#upstream, toUpstream);

    const toClient = this.#batch('upstream', this.#upstream, this.#client);
    toClient.add(early.upstream);
    this.#connection.lendReads(bytes => toClient.add(bytes));
    this.#connect('upstream', this.#upstream, this.#client, toClient);
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

  #batch(side: Side, from: Duplex, to: Duplex): TurnBatch {
    return TurnBatch.create((bytes, done) =>
      this.#pass(side, from, to, bytes, done),
    );
  }

  /** @param batch - of what the one sends to the other; it can hold bytes already */
  #connect(side: Side, from: Duplex, to: Duplex, batch: TurnBatch): void {
    if ('setNoDelay' in from && typeof from.setNoDelay === 'function') {
      from.setNoDelay(true);
    }
    const closed = () => {
      batch.flush();
      this.#closed(side);
    };
    const ended = () => {
      batch.flush();
      this.#first ??= side;
      this.#passRest(side);
      to.end();
    };
    from.on('end', ended);
    from.on('close', closed);
    to.on('drain', () => this.#flow(from, to));
    batch.flush();
    this.#flow(from, to);
    if (from.readableEnded) {
      ended();
    }
    if (from.destroyed) {
      closed();
    }
  }

  /** @param done - the chunk is of no more use here */
  #pass(
    side: Side,
    from: Duplex,
    to: Duplex,
    chunk: Buffer,
    done: () => void,
  ): void {
    if (this.#isCut || !to.writable) {
      return;
    }
    const { released, waits } = this.#observer.see(side, chunk);
    // Seeing it can end the session.
    if (this.#isCut) {
      return;
    }
    const written = released.length > 0 ? this.#held[side].splice(0) : [];
    (waits ? this.#held[side] : written).push(done);
    this.#write(to, released, () => written.forEach(giveBack => giveBack()));
    if (side === 'upstream') {
      this.#inject();
    }
    if (isFull(to) || this.#observer.heldBack()) {
      from.pause();
      this.#flow(from, to);
    }
  }

  #passRest(side: Side): void {
    if (side === 'upstream' && !this.#isCut && this.#client.writable) {
      this.#write(this.#client, this.#observer.rest(), () => {});
    }
  }

  /** @param done - all was handed to the system */
  #write(to: Duplex, chunks: readonly Buffer[], done: () => void): void {
    if (chunks.length === 0) {
      done();
      return;
    }
    // One call of the system for all of them.
    to.cork();
    chunks.slice(0, -1).forEach(chunk => to.write(chunk));
    // After an error it may be in use still.
    to.write(chunks[chunks.length - 1], error => error || done());
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
    if (isFull(to)) {
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

function isFull(to: Duplex): boolean {
  return to.writableNeedDrain && to.writableLength >= MAX_WAITING_BYTES;
}
