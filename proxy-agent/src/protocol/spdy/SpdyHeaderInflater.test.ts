import { constants, deflateRawSync, deflateSync } from 'node:zlib';
import { adler32Of } from '../testing/adler32Of';
import { decodeOne, errorOf, hex, uint32 } from '../testing/spdyFrames';
import { encodeSpdySynStream, SpdyHeaderEncoder } from './encodeSpdyFrame';
import { HEADER_DICTIONARY, HEADER_DICTIONARY_ID } from './headerDictionary';

/** A zlib stream of flushed header blocks, as a real sender writes them. */
function deflatedBlocks(blocks: Buffer[], dictionary = HEADER_DICTIONARY) {
  let window = dictionary;
  return blocks.map((block, index) => {
    const deflated = deflateRawSync(block, {
      dictionary: window.subarray(-32 * 1024),
      finishFlush: constants.Z_SYNC_FLUSH,
    });
    window = Buffer.concat([window, block]);
    return index > 0
      ? deflated
      : Buffer.concat([hex('78f9'), uint32(adler32Of(dictionary)), deflated]);
  });
}

function headerBlock(...pairs: [string, string][]): Buffer {
  return Buffer.concat([
    uint32(pairs.length),
    ...pairs.flat().flatMap(text => [uint32(text.length), Buffer.from(text)]),
  ]);
}

const synStream = (block: Uint8Array) => encodeSpdySynStream(1, block);

describe('SPDY header blocks', () => {
  it('have the dictionary of the specification', () => {
    expect(HEADER_DICTIONARY).toHaveLength(1423);
    expect(adler32Of(HEADER_DICTIONARY)).toBe(HEADER_DICTIONARY_ID);
  });

  it('are inflated as one stream, over more than its window', () => {
    const names = Array.from({ length: 200 }, (_, index) =>
      headerBlock(
        ['streamtype', `type ${index} ${'abcdefgh'.repeat(index)}`],
        ['requestid', `${index}\0${index * 7919}`],
      ),
    );
    const decoded = decodeOne(...deflatedBlocks(names).map(synStream));
    expect(names.reduce((sum, { length }) => sum + length, 0)).toBeGreaterThan(
      4 * 32 * 1024,
    );
    decoded.forEach((frame, index) => {
      expect(frame).toEqual({
        type: 'synStream',
        streamId: 1,
        headers: {
          streamtype: [`type ${index} ${'abcdefgh'.repeat(index)}`],
          requestid: [`${index}`, `${index * 7919}`],
        },
        fin: false,
      });
    });
  });

  it.each([
    ['another dictionary', deflatedBlocks([headerBlock()], Buffer.from('x'))],
    ['no dictionary', [deflateSync(headerBlock())]],
    ['nothing', [Buffer.alloc(0)]],
    ['no zlib', [Buffer.from('GET / HTTP/1.1')]],
    ['a checksum that is wrong', [hex('78f8 e3c6a7c2 0000000000')]],
    ['a block of the reserved type', [hex('78f9 e3c6a7c2 07')]],
    [
      'a block that is cut',
      [deflatedBlocks([headerBlock()])[0].subarray(0, 8)],
    ],
    [
      'a block that goes on in the next frame',
      [hex('78f9 e3c6a7c2 00 0800 f7ff 00000000')],
    ],
    [
      'a stream that ends',
      [Buffer.concat([hex('78f9 e3c6a7c2 01 0400 fbff'), headerBlock()])],
    ],
    [
      'a stream that ends with bytes after it',
      [hex('78f9 e3c6a7c2 01 0400 fbff 00000000 00 0400 fbff 00000000')],
    ],
    ['bytes after the last header', deflatedBlocks([hex('00000000 00')])],
    ['a block shorter than its count', deflatedBlocks([uint32(1)])],
    ['a count that is cut', deflatedBlocks([hex('0000')])],
    [
      'a name longer than the block',
      deflatedBlocks([hex('00000001 ffffffff 61')]),
    ],
    ['an empty name', deflatedBlocks([headerBlock(['', 'x'])])],
    ['a name in upper case', deflatedBlocks([headerBlock(['A', 'x'])])],
    [
      'a name twice',
      deflatedBlocks([headerBlock(['streamtype', 'a'], ['streamtype', 'b'])]),
    ],
  ])('are refused with %s', (_, blocks) => {
    expect(errorOf(...blocks.map(synStream))).toBe('invalid_headers');
  });

  it('are refused when they inflate over their limit', () => {
    const bomb = headerBlock(['x', 'x'.repeat(5_000_000)]);
    const [block] = deflatedBlocks([bomb]);
    expect(block.length).toBeLessThan(6000);
    expect(errorOf(synStream(block))).toBe('too_large');
  });

  it('are refused with too many names', () => {
    const pairs = (count: number) =>
      Array.from({ length: count }, (_, i): [string, string] => [`n${i}`, '']);
    const blockOf = (count: number) =>
      synStream(SpdyHeaderEncoder.create().encode(pairs(count)));
    expect(decodeOne(blockOf(32))).toHaveLength(1);
    expect(errorOf(blockOf(33))).toBe('too_large');
    const [huge] = deflatedBlocks([hex('ffffffff')]);
    expect(errorOf(synStream(huge))).toBe('too_large');
  });
});
