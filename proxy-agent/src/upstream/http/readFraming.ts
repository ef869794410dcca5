import { HttpClientError } from './HttpClientError';
import type { RawHeaders } from './RawHeaders';

/** Where the body of an answer ends, as its headers tell. */
export type ResponseFraming = {
  /** The body's, in bytes. */
  length?: number;
  /** The body comes in chunks; without a length it goes up to the end of the connection otherwise. */
  isChunked: boolean;
  /** How long the server keeps the connection, in milliseconds: 0 when it is about to close it, Infinity when it does not say. */
  keepAliveMs: number;
};

const DIGITS = /^\d+$/;
const TIMEOUT = /(?:^|[\s,;])timeout\s*=\s*"?(\d+)/i;

function readLength(value: string): number {
  const length = DIGITS.test(value) ? Number(value) : NaN;
  if (!Number.isSafeInteger(length)) {
    throw new HttpClientError(
      'ERR_HTTP_RESPONSE',
      'the length of its answer is none',
    );
  }
  return length;
}

/**
 * Reads what an answer's headers say of its end. Two words on it, even if they
 * are the same, are refused, and so is any encoding but chunks (RFC 9112,
 * section 6.3): who reads them otherwise sees another end.
 *
 * @throws HttpClientError
 */
export function readFraming(headers: RawHeaders): ResponseFraming {
  const framing: ResponseFraming = { isChunked: false, keepAliveMs: Infinity };
  let words = 0;
  for (let i = 0; i < headers.length; i += 2) {
    // Only names of these lengths are of interest.
    switch (headers[i].length) {
      case 10: {
        const name = headers[i].toLowerCase();
        const value = headers[i + 1].toLowerCase();
        if (name === 'connection' && /\bclose\b/.test(value)) {
          framing.keepAliveMs = 0;
        } else if (name === 'keep-alive') {
          const seconds = TIMEOUT.exec(value)?.[1] ?? Infinity;
          framing.keepAliveMs = Math.min(
            framing.keepAliveMs,
            Number(seconds) * 1000,
          );
        }
        break;
      }
      case 14:
        if (headers[i].toLowerCase() === 'content-length') {
          framing.length = readLength(headers[i + 1]);
          words += 1;
        }
        break;
      case 17:
        if (headers[i].toLowerCase() === 'transfer-encoding') {
          framing.isChunked = headers[i + 1].toLowerCase() === 'chunked';
          words += framing.isChunked ? 1 : 2;
        }
        break;
      default:
    }
  }
  if (words > 1) {
    throw new HttpClientError(
      'ERR_HTTP_RESPONSE',
      'it is not certain where its answer ends',
    );
  }
  return framing;
}
