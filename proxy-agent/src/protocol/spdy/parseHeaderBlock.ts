import { ProtocolError } from '../ProtocolError';

/** The most header names in one block. */
export const MAX_HEADERS = 32;

/** Header values by lower-case name. */
export type SpdyHeaders = ReadonlyMap<string, readonly string[]>;

/**
 * Parses an inflated header block, SPDY/3 section 2.6.10: a count, then length
 * and bytes of each name and value; several values are joined by NUL. Bytes
 * become characters one to one.
 *
 * @throws ProtocolError also where a peer might be lenient: names that are
 *   repeated or not in lower case, bytes after the last header
 */
export function parseHeaderBlock(block: Buffer): SpdyHeaders {
  let offset = 0;
  const readLength = () => {
    if (block.length - offset < 4) {
      throw invalid('header block too short');
    }
    offset += 4;
    return block.readUInt32BE(offset - 4);
  };
  const readString = () => {
    const length = readLength();
    if (length > block.length - offset) {
      throw invalid('header block too short');
    }
    offset += length;
    return block.toString('latin1', offset - length, offset);
  };

  const count = readLength();
  if (count > MAX_HEADERS) {
    throw new ProtocolError('too_large', 'SPDY: too many headers');
  }
  const headers = new Map<string, string[]>();
  for (let index = 0; index < count; index++) {
    const name = readString();
    const value = readString();
    if (name === '' || name !== name.toLowerCase() || headers.has(name)) {
      throw invalid('empty, upper-case or repeated header name');
    }
    headers.set(name, value.split('\0'));
  }
  if (offset !== block.length) {
    throw invalid('bytes after the last header');
  }
  return headers;
}

function invalid(reason: string): ProtocolError {
  return new ProtocolError('invalid_headers', `SPDY: ${reason}`);
}
