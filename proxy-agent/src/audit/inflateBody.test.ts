import { deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import { inflateBody } from './inflateBody';

const BODY = Buffer.from('{"kind":"Pod"}');

describe('inflateBody', () => {
  it.each([
    ['plain', BODY, undefined],
    ['plain, by name', BODY, 'identity'],
    ['gzip', gzipSync(BODY), 'gzip'],
    ['gzip by its old name', gzipSync(BODY), ' X-GZIP'],
    ['gzip without a header', gzipSync(BODY), undefined],
    ['deflate', deflateSync(BODY), 'deflate'],
    ['deflate without its frame', deflateRawSync(BODY), 'deflate'],
  ])('reads %s', (_, content, encoding) => {
    expect(inflateBody(content, encoding, 100)).toEqual(BODY);
  });

  it('stops at the limit', () => {
    const bomb = gzipSync(Buffer.alloc(10_000_000));
    expect(inflateBody(bomb, 'gzip', 100_000)).toBeUndefined();
    expect(inflateBody(gzipSync(BODY), 'gzip', BODY.length)).toEqual(BODY);
    expect(inflateBody(gzipSync(BODY), 'gzip', 13)).toBeUndefined();
  });

  it.each([
    ['another encoding', BODY, 'br'],
    ['two encodings', gzipSync(gzipSync(BODY)), 'gzip, gzip'],
    ['what is not so encoded', BODY, 'gzip'],
    ['what is cut off', gzipSync(BODY).subarray(0, 15), 'gzip'],
  ])('gives up on %s', (_, content, encoding) => {
    expect(inflateBody(content, encoding, 100)).toBeUndefined();
  });
});
