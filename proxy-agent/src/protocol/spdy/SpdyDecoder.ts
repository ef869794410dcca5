import { ProtocolError } from '../ProtocolError';
import { parseHeaderBlock, SpdyHeaders } from './parseHeaderBlock';
import { SPDY_FLAG_FIN, SPDY_VERSION, SpdyFrameType } from './SpdyFrameType';
import { SpdyHeaderInflater } from './SpdyHeaderInflater';

/** The longest payload of a control frame that is read, in bytes. */
export const MAX_CONTROL_FRAME_BYTES = 16 * 1024;

/** What a {@link SpdyDecoder} finds. SETTINGS, WINDOW_UPDATE are checked only. */
export type SpdyFrame =
  | { type: 'synStream'; streamId: number; headers: SpdyHeaders; fin: boolean }
  | { type: 'synReply'; streamId: number; headers: SpdyHeaders; fin: boolean }
  | { type: 'headers'; streamId: number; headers: SpdyHeaders; fin: boolean }
  /**
   * Some bytes of a DATA frame, never empty. They are a view of the chunk that
   * was pushed: copy what is kept.
   */
  | { type: 'data'; streamId: number; data: Buffer }
  /** A DATA frame is complete, be it empty. */
  | { type: 'dataEnd'; streamId: number; fin: boolean }
  | { type: 'rstStream'; streamId: number; status: number }
  | { type: 'ping'; id: number }
  | { type: 'goAway'; lastStreamId: number; status: number };

const FRAME_HEADER_BYTES = 8;

/**
 * Decodes one direction of a SPDY/3.1 connection.
 *
 * ```
 * control frame                       data frame
 * +-+---------------+---------------+ +-+-------------------------------+
 * |1| version (15)  | type (16)     | |0| stream id (31)                |
 * +-+------+--------+---------------+ +-+------+------------------------+
 * | flags  | length (24)            | | flags  | length (24)            |
 * +--------+------------------------+ +--------+------------------------+
 * | payload                         | | payload                         |
 * +---------------------------------+ +---------------------------------+
 * ```
 *
 * Control frames of fixed length must have it: Go's framer reads the fields it
 * expects and takes what follows for the next frame, whatever the length says.
 */
export class SpdyDecoder {
  private readonly inflater = SpdyHeaderInflater.create();
  private readonly header = Buffer.alloc(FRAME_HEADER_BYTES);
  private headerLength = 0;

  private payloadRemaining = 0;
  /** Collects a control frame that is read; undefined for all other frames. */
  private control: Buffer | undefined;
  private boundary: number | undefined = 0;

  private constructor(private readonly onFrame: (frame: SpdyFrame) => void) {}

  static create(onFrame: (frame: SpdyFrame) => void): SpdyDecoder {
    return new SpdyDecoder(onFrame);
  }

  /**
   * The offset in the chunk pushed last up to which all frames are complete,
   * so that other frames may be put there; undefined if there is none.
   */
  get frameBoundary(): number | undefined {
    return this.boundary;
  }

  /**
   * @param chunk - the next bytes, cut anywhere
   * @throws ProtocolError
   */
  push(chunk: Buffer): void {
    this.boundary = this.headerLength > 0 ? undefined : 0;
    let offset = 0;
    while (offset < chunk.length) {
      offset =
        this.payloadRemaining > 0
          ? this.readPayload(chunk, offset)
          : this.readHeader(chunk, offset);
    }
  }

  private readHeader(chunk: Buffer, offset: number): number {
    const { header } = this;
    const end = Math.min(
      offset + FRAME_HEADER_BYTES - this.headerLength,
      chunk.length,
    );
    this.headerLength += chunk.copy(header, this.headerLength, offset, end);
    if (this.headerLength < FRAME_HEADER_BYTES) {
      return end;
    }
    this.payloadRemaining = header.readUIntBE(5, 3);
    this.control = undefined;
    if (this.isControl()) {
      this.beginControl(this.payloadRemaining);
    } else if (header.readUInt32BE(0) === 0) {
      throw invalid('data on stream 0');
    }
    if (this.payloadRemaining === 0) {
      this.endFrame(end);
    }
    return end;
  }

  private isControl(): boolean {
    return (this.header[0] & 0x80) !== 0;
  }

  private beginControl(length: number): void {
    if ((this.header.readUInt16BE(0) & 0x7fff) !== SPDY_VERSION) {
      throw invalid('unknown version');
    }
    const type = this.header.readUInt16BE(2);
    const { least, exact } = payloadLengths(type);
    if (least === undefined) {
      return; // unknown: passed over, section 2.2.1
    }
    if (length < least || (exact && length !== least)) {
      throw invalid('control frame of the wrong length');
    }
    if (length > MAX_CONTROL_FRAME_BYTES) {
      throw new ProtocolError('too_large', 'SPDY: control frame too large');
    }
    this.control = Buffer.allocUnsafe(length);
  }

  private readPayload(chunk: Buffer, offset: number): number {
    const end = Math.min(offset + this.payloadRemaining, chunk.length);
    if (this.control !== undefined) {
      const at = this.control.length - this.payloadRemaining;
      chunk.copy(this.control, at, offset, end);
    } else if (!this.isControl()) {
      const streamId = this.header.readUInt32BE(0);
      const data = chunk.subarray(offset, end);
      this.onFrame({ type: 'data', streamId, data });
    }
    this.payloadRemaining -= end - offset;
    if (this.payloadRemaining === 0) {
      this.endFrame(end);
    }
    return end;
  }

  private endFrame(offset: number): void {
    this.headerLength = 0;
    const fin = (this.header[4] & SPDY_FLAG_FIN) !== 0;
    if (!this.isControl()) {
      const streamId = this.header.readUInt32BE(0);
      this.onFrame({ type: 'dataEnd', streamId, fin });
    } else if (this.control !== undefined) {
      this.readControl(this.control, fin);
      this.control = undefined;
    }
    this.boundary = offset;
  }

  private readControl(payload: Buffer, fin: boolean): void {
    switch (this.header.readUInt16BE(2)) {
      case SpdyFrameType.synStream:
        this.onFrame({
          type: 'synStream',
          streamId: readStreamId(payload),
          headers: this.readHeaders(payload.subarray(10)),
          fin,
        });
        break;
      case SpdyFrameType.synReply:
        this.onFrame({
          type: 'synReply',
          streamId: readStreamId(payload),
          headers: this.readHeaders(payload.subarray(4)),
          fin,
        });
        break;
      case SpdyFrameType.headers:
        this.onFrame({
          type: 'headers',
          streamId: readStreamId(payload),
          headers: this.readHeaders(payload.subarray(4)),
          fin,
        });
        break;
      case SpdyFrameType.rstStream:
        this.onFrame({
          type: 'rstStream',
          streamId: readStreamId(payload),
          status: payload.readUInt32BE(4),
        });
        break;
      case SpdyFrameType.settings:
        if (payload.length !== 4 + 8 * payload.readUInt32BE(0)) {
          throw invalid('SETTINGS of the wrong length');
        }
        break;
      case SpdyFrameType.ping:
        this.onFrame({ type: 'ping', id: payload.readUInt32BE(0) });
        break;
      case SpdyFrameType.goAway:
        this.onFrame({
          type: 'goAway',
          lastStreamId: payload.readUInt32BE(0),
          status: payload.readUInt32BE(4),
        });
        break;
      default: // WINDOW_UPDATE: nobody here controls flow
    }
  }

  private readHeaders(block: Buffer): SpdyHeaders {
    return parseHeaderBlock(this.inflater.inflate(block));
  }
}

/** How long the payload of a known control frame is at least, or exactly. */
function payloadLengths(type: number): {
  least: number | undefined;
  exact: boolean;
} {
  switch (type) {
    case SpdyFrameType.synStream:
      return { least: 10, exact: false };
    case SpdyFrameType.synReply:
    case SpdyFrameType.headers:
    case SpdyFrameType.settings:
      return { least: 4, exact: false };
    case SpdyFrameType.ping:
      return { least: 4, exact: true };
    case SpdyFrameType.rstStream:
    case SpdyFrameType.goAway:
    case SpdyFrameType.windowUpdate:
      return { least: 8, exact: true };
    default:
      return { least: undefined, exact: false };
  }
}

function readStreamId(payload: Buffer): number {
  const streamId = payload.readUInt32BE(0);
  // Some peers mask the reserved bit off and some do not.
  if (streamId === 0 || streamId > 0x7fffffff) {
    throw invalid('stream id out of range');
  }
  return streamId;
}

function invalid(reason: string): ProtocolError {
  return new ProtocolError('invalid_frame', `SPDY: ${reason}`);
}
