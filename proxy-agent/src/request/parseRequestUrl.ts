import { InvalidRequestUrlError } from './InvalidRequestUrlError';

/** The parts of a request target, decoded as Go's `net/url` does. */
export interface RequestUrl {
  /** Decoded path, as sent but for its escapes: `URL.Path`. */
  path: string;
  /** The decoded segments; one `/` at the end makes no segment. */
  segments: string[];
  /** The values of each key in order: `URL.Query()`. */
  query: ReadonlyMap<string, readonly string[]>;
}

/**
 * Go's `net/url`, and so an API server, reads none of the parameters when there
 * are more: then a list that is judged by its field selector would be one of all.
 */
const MAX_PARAMETERS = 10_000;

const PRINTABLE_ASCII = /^[\x21-\x7e]*$/;
const INVALID_ESCAPE = /%(?![0-9a-f]{2})/i;
// eslint-disable-next-line no-control-regex
const CONTROL_CHARACTER = /[\x00-\x1f\x7f-\x9f]/;

const strictUtf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * Parses a request target of the form `/path?query`.
 *
 * Kubernetes' names need none of what is refused here, and servers disagree
 * about it: segments that are empty, `.` or `..`, slashes or control characters
 * in escapes, escapes that are none or no UTF-8, absolute URLs, fragments, more
 * parameters than some servers read.
 *
 * @throws InvalidRequestUrlError
 */
export function parseRequestUrl(url: string): RequestUrl {
  if (!url.startsWith('/')) {
    throw new InvalidRequestUrlError('it must begin with a slash');
  }
  if (!PRINTABLE_ASCII.test(url) || url.includes('#')) {
    throw new InvalidRequestUrlError('it has a character that must be escaped');
  }
  const mark = url.indexOf('?');
  const rawPath = mark === -1 ? url : url.slice(0, mark);
  const rawQuery = mark === -1 ? '' : url.slice(mark + 1);

  // URL parsers of browsers, and Node's, take it for a slash.
  if (rawPath.includes('\\')) {
    throw new InvalidRequestUrlError('the path has a backslash');
  }
  const segments = rawPath.slice(1).split('/').map(decodeSegment);
  const trailingSlash = segments[segments.length - 1] === '';
  const path = `/${segments.join('/')}`;
  if (trailingSlash) {
    segments.pop();
  }
  if (segments.includes('')) {
    throw new InvalidRequestUrlError('the path has an empty segment');
  }
  return { path, segments, query: parseQuery(rawQuery) };
}

/** @param segment - printable ASCII */
function decodeSegment(segment: string): string {
  const decoded = segment.includes('%') ? unescapeSegment(segment) : segment;
  if (decoded === '.' || decoded === '..') {
    throw new InvalidRequestUrlError('the path has a relative segment');
  }
  return decoded;
}

function unescapeSegment(segment: string): string {
  if (INVALID_ESCAPE.test(segment)) {
    throw new InvalidRequestUrlError('the path has an invalid escape');
  }
  const decoded = decodeStrictly(segment);
  if (decoded === undefined) {
    throw new InvalidRequestUrlError('the path is not UTF-8');
  }
  if (decoded.includes('/')) {
    throw new InvalidRequestUrlError('the path has an escaped slash');
  }
  if (CONTROL_CHARACTER.test(decoded)) {
    throw new InvalidRequestUrlError('the path has a control character');
  }
  return decoded;
}

function decodeStrictly(segment: string): string | undefined {
  try {
    return strictUtf8.decode(unescapeBytes(segment));
  } catch {
    return undefined;
  }
}

/**
 * As Go, leaves out the pairs that it cannot read.
 *
 * @throws InvalidRequestUrlError
 */
function parseQuery(query: string): Map<string, string[]> {
  const values = new Map<string, string[]>();
  const pairs = query.split('&');
  if (pairs.length > MAX_PARAMETERS) {
    throw new InvalidRequestUrlError(
      `the query has more than ${MAX_PARAMETERS} parameters`,
    );
  }
  for (const pair of pairs) {
    if (pair === '' || pair.includes(';')) {
      continue;
    }
    const equals = pair.indexOf('=');
    const key = equals === -1 ? pair : pair.slice(0, equals);
    const value = equals === -1 ? '' : pair.slice(equals + 1);
    if (INVALID_ESCAPE.test(key) || INVALID_ESCAPE.test(value)) {
      continue;
    }
    const name = decodeQueryComponent(key);
    const list = values.get(name);
    if (list) {
      list.push(decodeQueryComponent(value));
    } else {
      values.set(name, [decodeQueryComponent(value)]);
    }
  }
  return values;
}

function decodeQueryComponent(text: string): string {
  const spaced = text.replaceAll('+', ' ');
  return spaced.includes('%') ? unescapeBytes(spaced).toString('utf8') : spaced;
}

/** @param text - ASCII, all of its escapes valid */
function unescapeBytes(text: string): Buffer {
  const characters = text.replace(/%([0-9a-f]{2})/gi, (_, digits: string) =>
    String.fromCharCode(parseInt(digits, 16)),
  );
  return Buffer.from(characters, 'latin1');
}
