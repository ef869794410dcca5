import { Readable } from 'node:stream';
import type { HttpRequest } from './HttpRequest';
import { writeRequestHead } from './writeRequestHead';

const write = (changes: Partial<HttpRequest>) =>
  writeRequestHead({
    method: 'GET',
    path: '/api',
    headers: ['Host', 'api'],
    body: undefined,
    ...changes,
  });
const stream = () => Readable.from([]);

describe('writeRequestHead', () => {
  it('writes headers as they are, and repeated ones apart', () => {
    expect(
      write({
        path: '/api/v1/pods?a=%20b',
        headers: ['Host', 'api', 'X-A', '1', 'x-a', 'caf\xe9\t ', 'X-B', ''],
      }).text,
    ).toBe(
      'GET /api/v1/pods?a=%20b HTTP/1.1\r\nHost: api\r\nX-A: 1\r\nx-a: caf\xe9\t \r\nX-B: \r\n\r\n',
    );
  });

  it.each<[string, Partial<HttpRequest>, string]>([
    ['no body', {}, 'GET /api HTTP/1.1\r\nHost: api\r\n\r\n'],
    [
      'an empty body',
      { method: 'POST', headers: ['Content-Length', '0'] },
      'POST /api HTTP/1.1\r\ncontent-length: 0\r\n\r\n',
    ],
    [
      'the length that a body has, not the one that was told',
      {
        method: 'POST',
        headers: ['Content-Length', '3'],
        body: Buffer.from('{}'),
      },
      'POST /api HTTP/1.1\r\ncontent-length: 2\r\n\r\n',
    ],
    [
      'the length that was told of a stream',
      { method: 'PUT', headers: ['content-length', '3'], body: stream() },
      'PUT /api HTTP/1.1\r\ncontent-length: 3\r\n\r\n',
    ],
    [
      'a stream of which none was told',
      { method: 'PATCH', headers: [], body: stream() },
      'PATCH /api HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\n',
    ],
    [
      'the end of the connection behind HEAD',
      { method: 'HEAD', headers: [] },
      'HEAD /api HTTP/1.1\r\nconnection: close\r\n\r\n',
    ],
    [
      'the end of the connection behind a body that a server may overlook',
      { headers: [], body: Buffer.from('{}') },
      'GET /api HTTP/1.1\r\nconnection: close\r\ncontent-length: 2\r\n\r\n',
    ],
  ])('frames %s', (_, changes, text) => {
    expect(write(changes).text).toBe(text);
  });

  it.each<[string, Partial<HttpRequest>]>([
    ['no method', { method: '' }],
    ['a space in the method', { method: 'GET /x' }],
    ['a line end in the method', { method: 'GET\r\n' }],
    ['CONNECT', { method: 'CONNECT' }],
    ['no path', { path: '' }],
    ['a path of another host', { path: 'http://a/' }],
    ['a space in the path', { path: '/a b' }],
    ['a line end in the path', { path: '/a\r\nX: y' }],
    ['a line feed in the path', { path: '/a\nX: y' }],
    ['a NUL in the path', { path: '/a\0' }],
    ['DEL in the path', { path: '/a\x7f' }],
    ['a byte beyond ASCII in the path', { path: '/\xe9' }],
    // Cut to a byte, these would be a line end.
    [
      'a character that has a line end in it in the path',
      { path: '/\u010d\u010a' },
    ],
    ['a character that has one in a value', { headers: ['A', '\u010d\u010a'] }],
    ['a character that has one in a name', { headers: ['A\u010d\u010a', 'b'] }],
    ['a line end in a value', { headers: ['A', 'b\r\nC: d'] }],
    ['a line feed in a value', { headers: ['A', 'b\nC: d'] }],
    ['a carriage return in a value', { headers: ['A', 'b\r'] }],
    ['a NUL in a value', { headers: ['A', 'b\0'] }],
    ['no name', { headers: ['', 'b'] }],
    ['a colon in a name', { headers: ['A:', 'b'] }],
    ['a space in a name', { headers: ['A ', 'b'] }],
    ['a line end in a name', { headers: ['A\r\n', 'b'] }],
    ['chunks of the caller', { headers: ['Transfer-Encoding', 'chunked'] }],
    ['a connection of the caller', { headers: ['Connection', 'close'] }],
    ['an upgrade', { headers: ['Upgrade', 'h2c'] }],
    ['an expectation', { headers: ['Expect', '100-continue'] }],
    ['a length that is none', { headers: ['Content-Length', '1, 1'] }],
    ['a length without a body', { headers: ['Content-Length', '1'] }],
    [
      'a stream with two lengths',
      {
        method: 'POST',
        headers: ['Content-Length', '1', 'content-length', '2'],
        body: stream(),
      },
    ],
  ])('refuses %s', (_, changes) => {
    expect(() => write(changes)).toThrow(
      expect.objectContaining({ code: 'ERR_HTTP_REQUEST' }),
    );
  });
});
