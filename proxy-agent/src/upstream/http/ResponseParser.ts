import { FIELD_VALUE } from './fieldSyntax';
import { HttpClientError } from './HttpClientError';
import { parseFields } from './parseFields';
import type { RawHeaders } from './RawHeaders';
import { readFraming } from './readFraming';

/** The largest head, and the largest trailers, that an answer may have, in bytes. */
const MAX_SECTION_BYTES = 256 * 1024;
/** The most digits of a chunk's size, leading zeros included: as many as 2^53 has, and some zeros. */
const MAX_SIZE_DIGITS = 16;
/** What may follow the sizes of all chunks of an answer, in bytes. */
const MAX_EXTENSION_BYTES = 16 * 1024;

const END_OF_SECTION = '\r\n\r\n';
const END_OF_SECTION_BYTES = Buffer.from(END_OF_SECTION);
const START = 'HTTP/1.';
/** Where the status code stands in a status line. */
const STATUS_AT = 9;
const REASON_AT = 13;
const INVALID_CHUNK = 'a chunk of its answer is malformed';
const LF = 0x0a;
const CR = 0x0d;
const SPACE = 0x20;
const DIGIT_0 = 0x30;
const DIGIT_1 = 0x31;
const DIGIT_9 = 0x39;
const SEMICOLON = 0x3b;
/** Makes a letter a small one. */
const CASE_BIT = 0x20;
const SMALL_A = 0x61;
const SMALL_F = 0x66;

/** The head of an answer. */
export type ResponseHead = {
  statusCode: number;
  /** A character for a byte; it may have control characters, but no line ends. */
  reason: string;
  headers: RawHeaders;
};

/** What a parser has found, in this order. */
export interface ResponseSink {
  onHead(head: ResponseHead): void;
  /** @param bytes - a part of what was fed */
  onBody(bytes: Buffer): void;
  onEnd(trailers: RawHeaders): void;
}

type State =
  | 'head'
  | 'body with a length'
  | 'body up to the end of the connection'
  | 'size of a chunk'
  | 'extension of a chunk'
  | 'line end behind the size of a chunk'
  | 'chunk'
  | 'end of a chunk'
  | 'line end behind a chunk'
  | 'trailers'
  | 'over';

function invalid(what: string): HttpClientError {
  return new HttpClientError('ERR_HTTP_RESPONSE', what);
}

/** The value of a digit of base 16; -1 when it is none. */
function hexValue(code: number): number {
  if (code >= DIGIT_0 && code <= DIGIT_9) {
    return code - DIGIT_0;
  }
  // eslint-disable-next-line no-bitwise
  const small = code | CASE_BIT;
  return small >= SMALL_A && small <= SMALL_F ? small - SMALL_A + 10 : -1;
}

function expectCode(code: number, expected: number): void {
  if (code !== expected) {
    throw invalid(INVALID_CHUNK);
  }
}

/** @param lineEnd - where the first CRLF is */
function readStatusCode(text: string, lineEnd: number): number {
  const version = text.charCodeAt(START.length);
  let statusCode = 0;
  for (let i = STATUS_AT; i < STATUS_AT + 3; i++) {
    const digit = text.charCodeAt(i) - DIGIT_0;
    statusCode = digit >= 0 && digit <= 9 ? 10 * statusCode + digit : NaN;
  }
  if (
    !text.startsWith(START) ||
    (version !== DIGIT_0 && version !== DIGIT_1) ||
    text.charCodeAt(START.length + 1) !== SPACE ||
    !(statusCode >= 100) ||
    (text.charCodeAt(REASON_AT - 1) !== SPACE && lineEnd !== REASON_AT - 1) ||
    text.indexOf('\r') !== lineEnd ||
    text.indexOf('\n') !== lineEnd + 1
  ) {
    throw invalid('it does not answer in HTTP/1');
  }
  return statusCode;
}

/**
 * Reads one answer of HTTP/1.1 (RFC 9112), in whatever pieces it comes. What can
 * be read in two ways is refused: an answer must end where the server thinks
 * that it ends, or the next call would get a part of it. Interim answers (1xx)
 * are passed over.
 */
export class ResponseParser {
  readonly #sink: ResponseSink;
  readonly #method: string;
  #state: State = 'head';
  /** The beginning of a head, or of trailers, whose end has not come. */
  #partial = '';
  /** A whole head, or trailers, without the empty line. */
  #section = '';
  /** Bytes that are missing of the body, or of its chunk. */
  #missing = 0;
  #sizeDigits = 0;
  #extensionBytes = 0;
  #keepAliveMs = 0;

  /** @param method - of the request: an answer to HEAD has no body */
  static create(sink: ResponseSink, method: string): ResponseParser {
    return new ResponseParser(sink, method);
  }

  private constructor(sink: ResponseSink, method: string) {
    this.#sink = sink;
    this.#method = method;
  }

  get isOver(): boolean {
    return this.#state === 'over';
  }

  /**
   * How long the server will keep the connection after this answer, in
   * milliseconds: 0 when it must be closed, Infinity when the server does not say.
   */
  get keepAliveMs(): number {
    return this.#keepAliveMs;
  }

  /**
   * @returns how much of the chunk the answer has: less than all when it ends before
   * @throws HttpClientError when it cannot be read; nothing more may be fed then
   */
  feed(chunk: Buffer): number {
    let at = 0;
    while (at < chunk.length && this.#state !== 'over') {
      switch (this.#state) {
        case 'head':
          at = this.#readSection(chunk, at);
          if (this.#section !== '') {
            this.#startBody();
          }
          break;
        case 'body with a length':
        case 'chunk':
          at = this.#readBytes(chunk, at);
          break;
        case 'body up to the end of the connection':
          this.#sink.onBody(at === 0 ? chunk : chunk.subarray(at));
          at = chunk.length;
          break;
        case 'trailers':
          at = this.#readSection(chunk, at);
          if (this.#section !== '') {
            // Its first line end is that of the last chunk.
            this.#end(parseFields(this.#section, 2));
          }
          break;
        default:
          this.#readFraming(chunk[at]);
          at += 1;
      }
    }
    return at;
  }

  /**
   * The connection has ended.
   *
   * @throws HttpClientError when something is missing
   */
  end(): void {
    if (this.#state === 'body up to the end of the connection') {
      this.#end([]);
    } else if (this.#state !== 'over') {
      throw new HttpClientError(
        'ERR_HTTP_CONNECTION_ENDED',
        'the connection ended before the answer was whole',
      );
    }
  }

  #end(trailers: RawHeaders): void {
    this.#state = 'over';
    this.#sink.onEnd(trailers);
  }

  /**
   * Reads up to an empty line, into the section; that stays empty when the line
   * is not there yet.
   *
   * @returns where it ends in the chunk
   */
  #readSection(chunk: Buffer, at: number): number {
    const before = this.#partial.length;
    if (before === 0) {
      const end = chunk.indexOf(END_OF_SECTION_BYTES, at);
      if (end !== -1 && end - at <= MAX_SECTION_BYTES) {
        this.#section = chunk.toString('latin1', at, end + 2);
        return end + END_OF_SECTION.length;
      }
    }
    const text = this.#partial + chunk.toString('latin1', at);
    const end = text.indexOf(END_OF_SECTION, Math.max(0, before - 3));
    if ((end === -1 ? text.length : end) > MAX_SECTION_BYTES) {
      throw invalid(
        `its answer has more than ${MAX_SECTION_BYTES} bytes of headers`,
      );
    }
    if (end === -1) {
      this.#checkBegun(text, before);
      this.#partial = text;
      return chunk.length;
    }
    this.#partial = '';
    this.#section = text.slice(0, end + 2);
    return at + end + END_OF_SECTION.length - before;
  }

  /** What can become nothing is refused at once: nobody should wait for its end. */
  #checkBegun(text: string, before: number): void {
    if (
      this.#state === 'head' &&
      !START.startsWith(text.slice(0, START.length))
    ) {
      throw invalid('it does not answer in HTTP/1');
    }
    for (
      let i = text.indexOf('\n', before);
      i !== -1;
      i = text.indexOf('\n', i + 1)
    ) {
      if (text.charCodeAt(i - 1) !== CR) {
        throw invalid('a line of its answer has no proper end');
      }
    }
  }

  /** The head is there. */
  #startBody(): void {
    const text = this.#section;
    this.#section = '';
    const lineEnd = text.indexOf('\r\n');
    const statusCode = readStatusCode(text, lineEnd);
    const headers = parseFields(text, lineEnd + 2);
    if (statusCode === 101) {
      throw invalid('it switches protocols, which nobody has asked for');
    }
    if (statusCode < 200) {
      return;
    }
    const framing = readFraming(headers);
    const hasBody =
      this.#method !== 'HEAD' && statusCode !== 204 && statusCode !== 304;
    // Servers of HTTP/1.0 that keep connections are too rare to be worth it.
    if (text.charCodeAt(START.length) !== DIGIT_0) {
      this.#keepAliveMs = framing.keepAliveMs;
    }
    if (!hasBody || framing.length === 0) {
      this.#state = 'over';
    } else if (framing.isChunked) {
      this.#state = 'size of a chunk';
    } else if (framing.length === undefined) {
      this.#state = 'body up to the end of the connection';
      this.#keepAliveMs = 0;
    } else {
      this.#state = 'body with a length';
      this.#missing = framing.length;
    }
    this.#sink.onHead({
      statusCode,
      reason: text.slice(REASON_AT, lineEnd),
      headers,
    });
    if (this.isOver) {
      this.#sink.onEnd([]);
    }
  }

  #readBytes(chunk: Buffer, at: number): number {
    const end = Math.min(chunk.length, at + this.#missing);
    this.#missing -= end - at;
    this.#sink.onBody(
      at === 0 && end === chunk.length ? chunk : chunk.subarray(at, end),
    );
    if (this.#missing === 0) {
      if (this.#state === 'chunk') {
        this.#state = 'end of a chunk';
      } else {
        this.#end([]);
      }
    }
    return end;
  }

  /** One byte of what stands between chunks (RFC 9112, section 7.1). */
  #readFraming(code: number): void {
    switch (this.#state) {
      case 'size of a chunk':
        this.#readSize(code);
        break;
      case 'extension of a chunk':
        this.#extensionBytes += 1;
        if (code === CR) {
          this.#state = 'line end behind the size of a chunk';
        } else if (
          FIELD_VALUE[code] !== 1 ||
          this.#extensionBytes > MAX_EXTENSION_BYTES
        ) {
          throw invalid(INVALID_CHUNK);
        }
        break;
      case 'line end behind the size of a chunk':
        expectCode(code, LF);
        this.#sizeDigits = 0;
        if (this.#missing > 0) {
          this.#state = 'chunk';
        } else {
          this.#state = 'trailers';
          // With the line end that was just read: there may be none at all.
          this.#partial = '\r\n';
        }
        break;
      case 'end of a chunk':
        expectCode(code, CR);
        this.#state = 'line end behind a chunk';
        break;
      default:
        expectCode(code, LF);
        this.#state = 'size of a chunk';
    }
  }

  #readSize(code: number): void {
    const value = hexValue(code);
    if (value !== -1) {
      this.#missing = 16 * this.#missing + value;
      this.#sizeDigits += 1;
      if (
        this.#sizeDigits > MAX_SIZE_DIGITS ||
        this.#missing > Number.MAX_SAFE_INTEGER
      ) {
        throw invalid(INVALID_CHUNK);
      }
    } else if (this.#sizeDigits > 0 && code === CR) {
      this.#state = 'line end behind the size of a chunk';
    } else if (this.#sizeDigits > 0 && code === SEMICOLON) {
      this.#state = 'extension of a chunk';
    } else {
      throw invalid(INVALID_CHUNK);
    }
  }
}
