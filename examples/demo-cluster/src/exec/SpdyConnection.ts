import { Duplex } from 'node:stream';
import { SpdyHeaders } from './SpdyHeaders';

export interface SpdyListener {
  opened(streamId: number, headers: Map<string, string>): void;
  /** The next frame is read when this settles. */
  data(streamId: number, bytes: Buffer): Promise<void>;
  ended(streamId: number): void;
  closed(): void;
}

const HEADER_BYTES = 8;
const MAX_FRAME_BYTES = 1024 * 1024;
const CONTROL = 0x8003;
const SYN_STREAM = 1;
const SYN_REPLY = 2;
const PING = 6;
const GOAWAY = 7;
const HEADERS = 8;
const FLAG_FIN = 1;

/**
 * The server's side of SPDY/3.1, as far as Kubernetes uses it (no flow
 * control, no pushed streams).
 *
 *     control  |1| version 3 (15) | type (16) | flags (8) | length (24) | …
 *     data     |0| stream (31)                | flags (8) | length (24) | …
 */
export class SpdyConnection {
  private readonly headers = SpdyHeaders.create();
  private lastStreamId = 0;

  private constructor(
    private readonly socket: Duplex,
    private readonly listener: SpdyListener,
  ) {}

  static serve(
    socket: Duplex,
    head: Buffer,
    listener: SpdyListener,
  ): SpdyConnection {
    const connection = new SpdyConnection(socket, listener);
    connection
      .readFrames(head)
      // Damaged frames and broken sockets end the session alike.
      .catch(() => socket.destroy());
    // Not when the reading ends: it may wait for a command to take its input.
    socket.once('close', () => listener.closed());
    return connection;
  }

  /** Settles when written; never fails, the end is seen by reading. */
  write(streamId: number, bytes: Buffer, fin = false): Promise<void> {
    const header = Buffer.alloc(HEADER_BYTES);
    header.writeUInt32BE(streamId, 0);
    header.writeUInt32BE(bytes.length, 4);
    header[4] = fin ? FLAG_FIN : 0;
    return new Promise(resolve => {
      this.socket.write(Buffer.concat([header, bytes]), () => resolve());
    });
  }

  end(): void {
    const body = Buffer.alloc(8);
    body.writeUInt32BE(this.lastStreamId, 0);
    this.writeControl(GOAWAY, body);
    this.socket.end();
  }

  private async readFrames(head: Buffer): Promise<void> {
    let buffer = await this.takeFrames(head);
    for await (const chunk of this.socket) {
      buffer = await this.takeFrames(Buffer.concat([buffer, chunk]));
    }
  }

  /** Handles all whole frames and answers the rest. */
  private async takeFrames(bytes: Buffer): Promise<Buffer> {
    let rest = bytes;
    while (rest.length >= HEADER_BYTES) {
      const end = HEADER_BYTES + rest.readUIntBE(5, 3);
      if (end > MAX_FRAME_BYTES) throw new Error('frame too large');
      if (rest.length < end) break;
      await this.handle(rest, rest.subarray(HEADER_BYTES, end));
      rest = rest.subarray(end);
    }
    return rest;
  }

  private async handle(header: Buffer, body: Buffer): Promise<void> {
    const fin = (header[4] & FLAG_FIN) !== 0;
    const { listener } = this;
    if (header.readUInt16BE(0) < 0x8000) {
      const streamId = header.readUInt32BE(0);
      if (body.length > 0) await listener.data(streamId, body);
      if (fin) listener.ended(streamId);
      return;
    }
    switch (header.readUInt16BE(2)) {
      case SYN_STREAM: {
        const streamId = body.readUInt32BE(0);
        const headers = this.headers.decode(body.subarray(10));
        this.lastStreamId = streamId;
        const id = body.subarray(0, 4);
        const reply = Buffer.concat([id, this.headers.encodeNone()]);
        this.writeControl(SYN_REPLY, reply);
        listener.opened(streamId, headers);
        if (fin) listener.ended(streamId);
        break;
      }
      case HEADERS:
        // Means nothing here, but the next block can't be read without it.
        this.headers.decode(body.subarray(4));
        break;
      case PING:
        this.writeControl(PING, body);
        break;
      default:
      // RST_STREAM, SETTINGS, GOAWAY, WINDOW_UPDATE: the socket's end follows.
    }
  }

  private writeControl(type: number, body: Buffer): void {
    const header = Buffer.alloc(HEADER_BYTES);
    header.writeUInt16BE(CONTROL, 0);
    header.writeUInt16BE(type, 2);
    header.writeUInt32BE(body.length, 4);
    this.socket.write(Buffer.concat([header, body]));
  }
}
