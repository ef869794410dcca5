import { constants, deflateRawSync, deflateSync, inflateSync } from 'node:zlib';
import { spdyDictionary as dictionary } from './spdyDictionary';

const finishFlush = constants.Z_SYNC_FLUSH;
const MAX_HEADER_BYTES = 64 * 1024;
const NO_HEADERS = Buffer.alloc(4);

/**
 * Reads and writes the header blocks of one connection. Each direction is one
 * zlib stream, so a block can be read only with all that came before it. A
 * session has five streams at most: reading from the start each time is cheap.
 */
export class SpdyHeaders {
  private received = Buffer.alloc(0);
  private read = 0;
  private begun = false;

  private constructor() {}

  static create(): SpdyHeaders {
    return new SpdyHeaders();
  }

  /** Throws when the block is damaged or all of them are too long. */
  decode(block: Buffer): Map<string, string> {
    this.received = Buffer.concat([this.received, block]);
    const all = inflateSync(this.received, {
      dictionary,
      finishFlush,
      maxOutputLength: MAX_HEADER_BYTES,
    });
    const plain = all.subarray(this.read);
    this.read = all.length;
    let offset = 4;
    const next = () => {
      const end = offset + 4 + plain.readUInt32BE(offset);
      const text = plain.toString('latin1', offset + 4, end);
      offset = end;
      return text;
    };
    const headers = new Map<string, string>();
    for (let count = plain.readUInt32BE(0); count > 0; count--) {
      const name = next();
      headers.set(name.toLowerCase(), next());
    }
    return headers;
  }

  /**
   * An empty block, the only one this side sends. After the first, a raw
   * deflate block continues the stream: it refers to nothing before it.
   */
  encodeNone(): Buffer {
    if (this.begun) return deflateRawSync(NO_HEADERS, { finishFlush });
    this.begun = true;
    return deflateSync(NO_HEADERS, { dictionary, finishFlush });
  }
}
