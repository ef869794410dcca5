import { HEADER_DICTIONARY_ID } from './headerDictionary';
import {
  SPDY_FLAG_FIN,
  SPDY_GOAWAY_OK,
  SPDY_VERSION,
  SpdyFrameType,
} from './SpdyFrameType';

/** An empty stored block: Go's inflater gives no output before it. */
const SYNC_FLUSH = Buffer.from([0x00, 0x00, 0x00, 0xff, 0xff]);

/** A DATA frame. `data` is shorter than 16 MiB. */
export function encodeSpdyData(
  streamId: number,
  data: Uint8Array,
  options?: { fin?: boolean },
): Buffer {
  const header = Buffer.alloc(8);
  header.writeUInt32BE(streamId, 0);
  header[4] = options?.fin ? SPDY_FLAG_FIN : 0;
  header.writeUIntBE(data.length, 5, 3);
  return Buffer.concat([header, data]);
}

/** A RST_STREAM frame. */
export function encodeSpdyRstStream(streamId: number, status: number): Buffer {
  return encodeSpdyControl(SpdyFrameType.rstStream, uint32s(streamId, status));
}

/** A GOAWAY frame without error. */
export function encodeSpdyGoAway(lastStreamId: number): Buffer {
  const payload = uint32s(lastStreamId, SPDY_GOAWAY_OK);
  return encodeSpdyControl(SpdyFrameType.goAway, payload);
}

/** A PING frame. */
export function encodeSpdyPing(id: number): Buffer {
  return encodeSpdyControl(SpdyFrameType.ping, uint32s(id));
}

/** A frame that opens a stream; `block` comes of a {@link SpdyHeaderEncoder}. */
export function encodeSpdySynStream(
  streamId: number,
  block: Uint8Array,
  options?: { fin?: boolean },
): Buffer {
  const payload = Buffer.concat([uint32s(streamId, 0), Buffer.alloc(2), block]);
  const flags = options?.fin ? SPDY_FLAG_FIN : 0;
  return encodeSpdyControl(SpdyFrameType.synStream, payload, flags);
}

/** A frame that accepts a stream; `block` comes of a {@link SpdyHeaderEncoder}. */
export function encodeSpdySynReply(
  streamId: number,
  block: Uint8Array,
): Buffer {
  const payload = Buffer.concat([uint32s(streamId), block]);
  return encodeSpdyControl(SpdyFrameType.synReply, payload);
}

/**
 * Encodes the header blocks of one direction. It stores them uncompressed,
 * which is valid and needs no state, and is never used on a connection whose
 * headers another peer compresses: their zlib stream has one writer.
 */
export class SpdyHeaderEncoder {
  private started = false;

  private constructor() {}

  static create(): SpdyHeaderEncoder {
    return new SpdyHeaderEncoder();
  }

  encode(headers: Iterable<readonly [name: string, value: string]>): Buffer {
    const fields = [...headers].flat().map(text => Buffer.from(text, 'latin1'));
    const block = Buffer.concat([
      uint32s(fields.length / 2),
      ...fields.flatMap(field => [uint32s(field.length), field]),
    ]);
    const stored = Buffer.alloc(5); // RFC 1951, section 3.2.4
    stored.writeUInt16LE(block.length, 1);
    stored.writeUInt16LE(~block.length & 0xffff, 3);

    const first = !this.started;
    this.started = true;
    return Buffer.concat([
      first ? Buffer.from([0x78, 0xf9]) : Buffer.alloc(0),
      first ? uint32s(HEADER_DICTIONARY_ID) : Buffer.alloc(0),
      stored,
      block,
      SYNC_FLUSH,
    ]);
  }
}

/** A control frame of any type; the senders above cover the ones in use. */
export function encodeSpdyControl(
  type: number,
  payload: Uint8Array,
  flags: number = 0,
): Buffer {
  const header = Buffer.alloc(8);
  header.writeUInt16BE(0x8000 | SPDY_VERSION, 0);
  header.writeUInt16BE(type, 2);
  header[4] = flags;
  header.writeUIntBE(payload.length, 5, 3);
  return Buffer.concat([header, payload]);
}

function uint32s(...values: number[]): Buffer {
  const buffer = Buffer.alloc(4 * values.length);
  values.forEach((value, index) => buffer.writeUInt32BE(value, 4 * index));
  return buffer;
}
