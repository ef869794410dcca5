import { Readable } from 'node:stream';
import { consistsOf, FIELD_VALUE, TARGET, TOKEN } from './fieldSyntax';
import { HttpClientError } from './HttpClientError';
import type { HttpRequest } from './HttpRequest';

/** The head of a request as it stands on the wire. */
export type RequestHead = {
  text: string;
  /** The body's, in bytes; undefined when it goes in chunks. */
  length: number | undefined;
  /** The connection is not used again. */
  isLast: boolean;
};

/** They would say something of the connection that is not so. */
const OF_THE_CONNECTION = new Set([
  'connection',
  'keep-alive',
  'transfer-encoding',
  'upgrade',
  'expect',
  'te',
]);
const LONGEST_OF_THE_CONNECTION = 'transfer-encoding'.length;

/** A server may overlook the body of another method, and take it for the next request. */
const METHODS_WITH_BODY = new Set(['POST', 'PUT', 'PATCH', 'DELETE']);

const DIGITS = /^\d+$/;

function refusal(what: string): HttpClientError {
  return new HttpClientError(
    'ERR_HTTP_REQUEST',
    `the request cannot be sent: ${what}`,
  );
}

function readLength(value: string): number {
  const length = DIGITS.test(value) ? Number(value) : NaN;
  if (!Number.isSafeInteger(length)) {
    throw refusal('the length of its body is none');
  }
  return length;
}

function requestLine(method: string, path: string): string {
  if (method === '' || method === 'CONNECT' || !consistsOf(TOKEN, method)) {
    throw refusal('its method is none');
  }
  if (!path.startsWith('/') || !consistsOf(TARGET, path)) {
    throw refusal('its path has a character that none may have');
  }
  return `${method} ${path} HTTP/1.1\r\n`;
}

/**
 * Writes the head of a request, and with it where its body ends. All that it is
 * made of is looked at again here, whoever has looked at it before: nothing may
 * end a line, and so begin another header or another request.
 *
 * @throws HttpClientError
 */
export function writeRequestHead(request: HttpRequest): RequestHead {
  const { method, headers, body } = request;
  let text = requestLine(method, request.path);
  let told: number | undefined;
  for (let i = 0; i + 1 < headers.length; i += 2) {
    const name = headers[i];
    const value = headers[i + 1];
    if (name === '' || !consistsOf(TOKEN, name)) {
      throw refusal('a header has no proper name');
    }
    if (!consistsOf(FIELD_VALUE, value)) {
      throw refusal(`its ${name} has a character that none may have`);
    }
    if (name.length <= LONGEST_OF_THE_CONNECTION) {
      const lowerName = name.toLowerCase();
      if (lowerName === 'content-length') {
        if (told !== undefined) {
          throw refusal('it has two lengths');
        }
        told = readLength(value);
        continue;
      }
      if (OF_THE_CONNECTION.has(lowerName)) {
        throw refusal(`${name} is of the connection`);
      }
    }
    text += `${name}: ${value}\r\n`;
  }
  const hasBody = body !== undefined;
  const length = body instanceof Readable ? told : body?.length ?? told;
  if (!hasBody && (told ?? 0) > 0) {
    throw refusal('it has no body, but a length');
  }
  const isLast =
    // Some servers send a body all the same.
    method === 'HEAD' || (hasBody && !METHODS_WITH_BODY.has(method));
  if (isLast) {
    text += 'connection: close\r\n';
  }
  if (length !== undefined) {
    text += `content-length: ${length}\r\n`;
  } else if (hasBody) {
    text += 'transfer-encoding: chunked\r\n';
  }
  return { text: `${text}\r\n`, length, isLast };
}
