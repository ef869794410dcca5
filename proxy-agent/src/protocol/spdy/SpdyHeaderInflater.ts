import { inflateRawSync } from 'node:zlib';
import { ProtocolError } from '../ProtocolError';
import { HEADER_DICTIONARY, HEADER_DICTIONARY_ID } from './headerDictionary';

/** The longest header block after inflation, in bytes. */
export const MAX_HEADER_BLOCK_BYTES = 16 * 1024;

/** How far back deflate can refer, in bytes. */
const WINDOW_BYTES = 32 * 1024;

/** CMF and FLG of zlib's header, then the dictionary's Adler-32. */
const ZLIB_HEADER_BYTES = 6;

/** A last, empty, stored deflate block. */
const FINAL_BLOCK = Buffer.from([0x01, 0x00, 0x00, 0xff, 0xff]);

/**
 * Inflates the header blocks of one direction of a SPDY connection. They are
 * pieces of a single zlib stream, so every one must pass here, in order.
 *
 * Node has no synchronous inflater that keeps its state. But a sender flushes
 * after each header block, which ends it on a byte and leaves nothing but the
 * last 32 KiB of output as state; so each block is inflated on its own with
 * that window as dictionary.
 *
 * A block that is not flushed, or ends inside a deflate block, could mean
 * something else to a peer that keeps more state. Hence a final deflate block
 * is put after it: inflation succeeds only if that is read as what it is.
 */
export class SpdyHeaderInflater {
  private window: Buffer = HEADER_DICTIONARY;
  private started = false;

  private constructor() {}

  static create(): SpdyHeaderInflater {
    return new SpdyHeaderInflater();
  }

  /**
   * @param block - the compressed bytes of one frame
   * @throws ProtocolError
   */
  inflate(block: Buffer): Buffer {
    const input = Buffer.concat([
      this.started ? block : withoutZlibHeader(block),
      FINAL_BLOCK,
    ]);
    this.started = true;

    const output = inflateAll(input, this.window);
    const window = Buffer.concat([this.window, output]);
    this.window = Buffer.from(window.subarray(-WINDOW_BYTES));
    return output;
  }
}

function inflateAll(input: Buffer, dictionary: Buffer): Buffer {
  let result: unknown;
  try {
    result = inflateRawSync(input, {
      dictionary,
      maxOutputLength: MAX_HEADER_BLOCK_BYTES,
      info: true,
    });
  } catch (cause) {
    if (isTooLarge(cause)) {
      throw new ProtocolError('too_large', 'SPDY: header block too large', {
        cause,
      });
    }
    throw new ProtocolError('invalid_headers', 'SPDY: cannot inflate headers', {
      cause,
    });
  }
  if (!hasEngine(result) || result.engine.bytesWritten !== input.length) {
    throw new ProtocolError(
      'invalid_headers',
      'SPDY: compressed headers end early',
    );
  }
  return result.buffer;
}

/** What zlib returns for `info: true`, which its types do not say. */
function hasEngine(
  result: unknown,
): result is { buffer: Buffer; engine: { bytesWritten: number } } {
  return typeof result === 'object' && result !== null && 'engine' in result;
}

/** RFC 1950, section 2.2. */
function withoutZlibHeader(block: Buffer): Buffer {
  if (
    block.length < ZLIB_HEADER_BYTES ||
    (block[0] & 0x0f) !== 8 ||
    block.readUInt16BE(0) % 31 !== 0
  ) {
    throw new ProtocolError('invalid_headers', 'SPDY: headers are not zlib');
  }
  if (
    (block[1] & 0x20) === 0 ||
    block.readUInt32BE(2) !== HEADER_DICTIONARY_ID
  ) {
    throw new ProtocolError('invalid_headers', 'SPDY: unknown dictionary');
  }
  return block.subarray(ZLIB_HEADER_BYTES);
}

function isTooLarge(error: unknown): boolean {
  return (
    typeof error === 'object' &&
    error !== null &&
    'code' in error &&
    error.code === 'ERR_BUFFER_TOO_LARGE'
  );
}
