import fc from 'fast-check';
import { ResponseParser } from './ResponseParser';

type Heard =
  | { head: [statusCode: number, reason: string, ...headers: string[]] }
  | { body: string }
  | { trailers: string[] }
  | { rest: string }
  | { error: string };

/** Feeds pieces of what a connection brings, and then its end; pieces of the body are joined. */
function parse(
  pieces: string[],
  { method = 'GET', ends = false } = {},
): { heard: Heard[]; keepAliveMs: number } {
  const heard: Heard[] = [];
  let body = '';
  const parser = ResponseParser.create(
    {
      onHead: ({ statusCode, reason, headers }) =>
        heard.push({ head: [statusCode, reason, ...headers] }),
      onBody: bytes => {
        expect(bytes.length).toBeGreaterThan(0);
        body += bytes.toString('latin1');
      },
      onEnd: trailers => heard.push({ body }, { trailers }),
    },
    method,
  );
  let rest = '';
  try {
    for (const piece of pieces) {
      const bytes = Buffer.from(piece, 'latin1');
      const used = parser.feed(bytes);
      rest += bytes.toString('latin1', used);
      // What was fed is lent.
      bytes.fill('!');
    }
    if (ends) {
      parser.end();
    }
  } catch (error) {
    heard.push({ error: (error as { code: string }).code });
  }
  if (rest) {
    heard.push({ rest });
  }
  return { heard, keepAliveMs: parser.keepAliveMs };
}

const chunked = (rest: string) =>
  `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n${rest}`;
const CHUNKED = { head: [200, 'OK', 'Transfer-Encoding', 'chunked'] };
const NONE = { trailers: [] };

type Case = [
  what: string,
  bytes: string,
  heard: unknown[],
  options?: { method?: string; ends?: boolean },
];

const ANSWERS: Case[] = [
  [
    'a length',
    'HTTP/1.1 200 OK\r\nContent-Length: 5\r\nX-A:b\r\n\r\nhello',
    [
      { head: [200, 'OK', 'Content-Length', '5', 'X-A', 'b'] },
      { body: 'hello' },
      NONE,
    ],
  ],
  [
    'no body',
    'HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n',
    [{ head: [200, 'OK', 'content-length', '0'] }, { body: '' }, NONE],
  ],
  [
    'chunks',
    chunked('5\r\nhello\r\n006\r\n world\r\n0\r\n\r\n'),
    [CHUNKED, { body: 'hello world' }, NONE],
  ],
  [
    'a chunk of a size in capitals',
    chunked(`1A\r\n${'x'.repeat(26)}\r\n0\r\n\r\n`),
    [CHUNKED, { body: 'x'.repeat(26) }, NONE],
  ],
  [
    'extensions of chunks',
    chunked('5;a=b;c="d"\r\nhello\r\n0;e\r\n\r\n'),
    [CHUNKED, { body: 'hello' }, NONE],
  ],
  [
    'trailers',
    chunked('5\r\nhello\r\n0\r\nX-A: 1\r\nX-A:  2 \r\n\r\n'),
    [CHUNKED, { body: 'hello' }, { trailers: ['X-A', '1', 'X-A', '2'] }],
  ],
  [
    'all up to the end of the connection',
    'HTTP/1.1 200 OK\r\n\r\nhello\r\n\r\n',
    [{ head: [200, 'OK'] }, { body: 'hello\r\n\r\n' }, NONE],
    { ends: true },
  ],
  [
    'HTTP/1.0',
    'HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\n{}',
    [{ head: [200, 'OK', 'Content-Length', '2'] }, { body: '{}' }, NONE],
  ],
  [
    'values with space around and inside, and empty ones',
    'HTTP/1.1 204 No Content\r\nA: \t b  c \t\r\nB:\r\nC: \r\nD:d\r\n\r\n',
    [
      {
        head: [204, 'No Content', 'A', 'b  c', 'B', '', 'C', '', 'D', 'd'],
      },
      { body: '' },
      NONE,
    ],
  ],
  [
    'bytes beyond ASCII',
    'HTTP/1.1 200 gr\xc3\xbc\xdfe\r\nA: caf\xe9\r\nContent-Length: 1\r\n\r\n\xff',
    [
      {
        head: [200, 'gr\xc3\xbc\xdfe', 'A', 'caf\xe9', 'Content-Length', '1'],
      },
      { body: '\xff' },
      NONE,
    ],
  ],
  [
    'no reason, nor a space before it',
    'HTTP/1.1 204\r\n\r\n',
    [{ head: [204, ''] }, { body: '' }, NONE],
  ],
  [
    'control characters in its reason',
    'HTTP/1.1 204 a\x01b\r\n\r\n',
    [{ head: [204, 'a\x01b'] }, { body: '' }, NONE],
  ],
  [
    'interim answers in front',
    'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 204 No\r\n\r\n',
    [{ head: [204, 'No'] }, { body: '' }, NONE],
  ],
  [
    'a length that is that of a HEAD',
    'HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n',
    [{ head: [200, 'OK', 'Content-Length', '1000'] }, { body: '' }, NONE],
    { method: 'HEAD' },
  ],
  [
    'chunks that are those of a HEAD',
    chunked(''),
    [CHUNKED, { body: '' }, NONE],
    { method: 'HEAD' },
  ],
  [
    'a 304 with the length of what was not sent',
    'HTTP/1.1 304 Not Modified\r\nContent-Length: 10\r\n\r\n',
    [
      { head: [304, 'Not Modified', 'Content-Length', '10'] },
      { body: '' },
      NONE,
    ],
  ],
  [
    'something behind it',
    'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}HTTP/1.1 200 OK\r\n',
    [
      { head: [200, 'OK', 'Content-Length', '2'] },
      { body: '{}' },
      NONE,
      { rest: 'HTTP/1.1 200 OK\r\n' },
    ],
  ],
  [
    'something behind its chunks',
    chunked('0\r\n\r\n\r\n'),
    [CHUNKED, { body: '' }, NONE, { rest: '\r\n' }],
  ],
  [
    'a body with a 204',
    'HTTP/1.1 204 No\r\nContent-Length: 2\r\n\r\n{}',
    [
      { head: [204, 'No', 'Content-Length', '2'] },
      { body: '' },
      NONE,
      { rest: '{}' },
    ],
  ],
];

const head = (headers: string) => `HTTP/1.1 200 OK\r\n${headers}\r\n\r\n`;
const INVALID = 'ERR_HTTP_RESPONSE';
const ENDED = 'ERR_HTTP_CONNECTION_ENDED';

/** Each must be refused by its last byte. */
const HOSTILE: [what: string, bytes: string][] = [
  [
    'a length and chunks',
    head('Content-Length: 3\r\nTransfer-Encoding: chunked'),
  ],
  [
    'chunks and a length',
    head('Transfer-Encoding: chunked\r\nContent-Length: 3'),
  ],
  ['two lengths', head('Content-Length: 2\r\nContent-Length: 3')],
  ['one length twice', head('Content-Length: 2\r\nContent-Length: 2')],
  ['a list of lengths', head('Content-Length: 2, 2')],
  ['a length with a sign', head('Content-Length: +2')],
  ['a negative length', head('Content-Length: -2')],
  ['a length in base 16', head('Content-Length: 0x2')],
  ['a length with a space', head('Content-Length: 1 2')],
  ['an empty length', head('Content-Length:')],
  ['an endless length', head('Content-Length: 99999999999999999999')],
  ['a length with an exponent', head('Content-Length: 1e3')],
  [
    'chunks that are not the last encoding',
    head('Transfer-Encoding: chunked, gzip'),
  ],
  [
    'another encoding under the chunks',
    head('Transfer-Encoding: gzip, chunked'),
  ],
  ['an encoding that is not known', head('Transfer-Encoding: xchunked')],
  ['no encoding', head('Transfer-Encoding: identity')],
  [
    'chunks twice',
    head('Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked'),
  ],
  ['a folded header', head('A: b\r\n c')],
  ['a header folded with a tab', head('A: b\r\n\tc')],
  ['a folded first header', head(' A: b')],
  ['a space before a colon', head('A : b')],
  ['a tab before a colon', head('A\t: b')],
  ['a header without a name', head(': b')],
  ['a header without a colon', head('A')],
  ['a space in a name', head('A B: c')],
  ['a byte beyond ASCII in a name', head('\xc4: b')],
  ['a NUL in a value', head('A: b\0')],
  ['a NUL in a name', head('A\0: b')],
  ['DEL in a value', head('A: \x7f')],
  ['a CR inside of a value', head('A: b\rC: d')],
  ['a CR at the end of a value', head('A: b\r')],
  ['a LF inside of a value', head('A: b\nC: d')],
  ['lines that end in LF', 'HTTP/1.1 200 OK\n'],
  ['a header that ends in LF', 'HTTP/1.1 200 OK\r\nA: b\n'],
  ['a head that ends in LF', 'HTTP/1.1 200 OK\r\nA: b\r\n\n'],
  ['a CR in the reason', 'HTTP/1.1 200 O\rK\r\n\r\n'],
  ['another protocol', 'SSH-2'],
  ['an empty line in front', '\r'],
  ['a space in front', ' '],
  ['HTTP/2', 'HTTP/2'],
  ['a version to come', 'HTTP/1.2 200 OK\r\n\r\n'],
  ['no version', 'HTTP/1. 200 OK\r\n\r\n'],
  ['small letters', 'h'],
  ['two spaces before the status', 'HTTP/1.1  200 OK\r\n\r\n'],
  ['no status', 'HTTP/1.1 \r\n\r\n'],
  ['a short status', 'HTTP/1.1 20 OK\r\n\r\n'],
  ['a long status', 'HTTP/1.1 2000 OK\r\n\r\n'],
  ['a status that is none', 'HTTP/1.1 2x0 OK\r\n\r\n'],
  ['a status below 100', 'HTTP/1.1 099 OK\r\n\r\n'],
  ['an upgrade', 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: a\r\n\r\n'],
  ['a chunk without a size', chunked('\r')],
  ['a chunk size that is none', chunked('x')],
  ['a chunk size with a sign', chunked('+')],
  ['a chunk size in C', chunked('0x')],
  ['a space behind a chunk size', chunked('5 ')],
  ['an extension before a chunk size', chunked(';')],
  ['a chunk size that ends in LF', chunked('5\n')],
  ['an extension that ends in LF', chunked('5;a\n')],
  ['a NUL in an extension', chunked('5;\0')],
  ['a CR in a chunk size', chunked('5\r5')],
  ['a chunk beyond 2^53', chunked('20000000000000')],
  ['a size with endless zeros', chunked('0'.repeat(17))],
  ['an endless extension', chunked(`5;${'a'.repeat(16 * 1024 + 1)}`)],
  ['a chunk that is longer than its size', chunked('3\r\nhello')],
  ['a chunk that ends in LF', chunked('3\r\nabc\n')],
  ['a folded trailer', chunked('0\r\nA: b\r\n c\r\n\r\n')],
  ['a trailer that ends in LF', chunked('0\r\nA: b\n')],
  ['chunks that end in LF', chunked('0\r\n\n')],
];

describe('ResponseParser', () => {
  it.each(ANSWERS)(
    'reads an answer with %s, wherever it is cut',
    (_, bytes, heard, options = {}) => {
      expect(parse([bytes], options).heard).toEqual(heard);
      expect(parse([...bytes], options).heard).toEqual(heard);
      for (let i = 1; i < bytes.length; i++) {
        const pieces = [bytes.slice(0, i), bytes.slice(i)];
        expect(parse(pieces, options).heard).toEqual(heard);
      }
    },
  );

  it('reads an answer in any pieces as in one', () => {
    const answers = ANSWERS.map(([_, bytes, __, options]) => ({
      bytes,
      options,
    }));
    fc.assert(
      fc.property(
        fc.constantFrom(...answers),
        fc.array(fc.nat(), { maxLength: 12 }),
        ({ bytes, options }, places) => {
          const cuts = [0, ...places.map(place => place % bytes.length)].sort(
            (a, b) => a - b,
          );
          const pieces = cuts.map((cut, i) => bytes.slice(cut, cuts[i + 1]));
          expect(parse(pieces, options)).toEqual(parse([bytes], options));
        },
      ),
    );
  });

  it('fails with its own error or reads on, whatever comes, and no matter in what pieces', () => {
    const token = fc.constantFrom(
      ...['HTTP/1.1 ', '200', '101', ' OK', '\r\n', '\r', '\n', ': ', '0', '5'],
      ...['Content-Length', 'Transfer-Encoding', 'chunked', ';', 'hello', '\0'],
    );
    fc.assert(
      fc.property(
        fc.constantFrom('', 'HTTP/1.1 200 OK\r\n', chunked('')),
        fc.array(token, { maxLength: 20 }),
        (start, tokens) => {
          const text = start + tokens.join('');
          const whole = parse([text], { ends: true });
          expect(parse([...text], { ends: true })).toEqual(whole);
          const errors = whole.heard.flatMap(item =>
            'error' in item ? [item.error] : [],
          );
          expect([INVALID, ENDED]).toEqual(expect.arrayContaining(errors));
        },
      ),
      { numRuns: 2000 },
    );
  });

  it.each(HOSTILE)('refuses %s at once, wherever it is cut', (_, bytes) => {
    expect(parse([bytes]).heard).toContainEqual({ error: INVALID });
    expect(parse([...bytes]).heard).toContainEqual({ error: INVALID });
  });

  it.each([
    ['a head', head(`A: ${'a'.repeat(400 * 1024)}`)],
    ['a head of many lines', head('A: b\r\n'.repeat(50_000))],
    ['trailers', chunked(`0\r\nA: ${'a'.repeat(400 * 1024)}\r\n\r\n`)],
  ])('refuses %s that is too large, before its end', (_, bytes) => {
    const pieces = bytes.match(/[^]{1,60000}/g) ?? [];
    expect(parse([bytes]).heard).toContainEqual({ error: INVALID });
    expect(parse(pieces).heard).toContainEqual({ error: INVALID });
    expect(parse(pieces.slice(0, -1)).heard).toContainEqual({ error: INVALID });
  });

  it.each([
    ['nothing', ''],
    ['a part of a head', 'HTTP/1.1 200'],
    ['an interim answer', 'HTTP/1.1 103 Early Hints\r\n\r\n'],
    ['a part of a body', `${head('Content-Length: 10')}hello`],
    ['a part of a chunk', chunked('5\r\nhel')],
    ['a chunk that is not the last', chunked('5\r\nhello\r\n')],
    ['no end of the trailers', chunked('0\r\nA: b\r\n')],
  ])('says that the connection ended after %s', (_, bytes) => {
    expect(parse([bytes], { ends: true }).heard).toContainEqual({
      error: ENDED,
    });
    expect(parse([bytes]).heard).not.toContainEqual({ error: ENDED });
  });

  it.each([
    ['HTTP/1.1 204 OK\r\n\r\n', Infinity],
    ['HTTP/1.1 204 OK\r\nConnection: keep-alive\r\n\r\n', Infinity],
    ['HTTP/1.1 204 OK\r\nConnection: Close\r\n\r\n', 0],
    ['HTTP/1.1 204 OK\r\nconnection: x, close\r\n\r\n', 0],
    ['HTTP/1.1 204 OK\r\nKeep-Alive: timeout=5\r\n\r\n', 5000],
    ['HTTP/1.1 204 OK\r\nKeep-Alive: max=9, timeout=5\r\n\r\n', 5000],
    [
      'HTTP/1.1 204 OK\r\nKeep-Alive: timeout=5\r\nConnection: close\r\n\r\n',
      0,
    ],
    [
      'HTTP/1.1 204 OK\r\nConnection: close\r\nKeep-Alive: timeout=5\r\n\r\n',
      0,
    ],
    ['HTTP/1.0 204 OK\r\n\r\n', 0],
    ['HTTP/1.0 204 OK\r\nConnection: keep-alive\r\n\r\n', 0],
    ['HTTP/1.1 200 OK\r\n\r\nhello', 0],
    [chunked('0\r\n\r\n'), Infinity],
  ])('of %j knows how long its connection may be kept', (bytes, expected) => {
    expect(parse([bytes]).keepAliveMs).toBe(expected);
  });
});
