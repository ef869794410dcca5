import { FIELD_VALUE, TOKEN } from './fieldSyntax';
import { HttpClientError } from './HttpClientError';
import type { RawHeaders } from './RawHeaders';

const TAB = 0x09;
const LF = 0x0a;
const CR = 0x0d;
const SPACE = 0x20;
const COLON = 0x3a;

/**
 * Header lines, each with its CRLF. Folded lines and space before a colon are
 * refused (RFC 9112, section 5): others read them otherwise.
 *
 * @param start - where the first one begins
 * @throws HttpClientError
 */
export function parseFields(text: string, start: number): RawHeaders {
  const headers: RawHeaders = [];
  let i = start;
  while (i < text.length) {
    const nameStart = i;
    while (TOKEN[text.charCodeAt(i)] === 1) {
      i += 1;
    }
    const nameEnd = i;
    if (nameEnd === nameStart || text.charCodeAt(i) !== COLON) {
      throw new HttpClientError(
        'ERR_HTTP_RESPONSE',
        'a header of its answer has no proper name',
      );
    }
    let code: number;
    do {
      i += 1;
      code = text.charCodeAt(i);
    } while (code === SPACE || code === TAB);
    const valueStart = i;
    let valueEnd = i;
    while (FIELD_VALUE[code] === 1) {
      i += 1;
      if (code !== SPACE && code !== TAB) {
        valueEnd = i;
      }
      code = text.charCodeAt(i);
    }
    if (code !== CR || text.charCodeAt(i + 1) !== LF) {
      throw new HttpClientError(
        'ERR_HTTP_RESPONSE',
        'a header of its answer has a character that none may have',
      );
    }
    i += 2;
    headers.push(
      text.substring(nameStart, nameEnd),
      text.substring(valueStart, valueEnd),
    );
  }
  return headers;
}
