import { SpdyHeaders } from './SpdyHeaders';

// What kubectl 1.32 sends: the blocks of its error, stdout and stderr streams.
const FROM_KUBECTL = [
  '78f9e3c6a7c26260606004a7b392a2d4c45c6851c29a0a0a6800000000ffff',
  'c22ac5565c92925f5a02000000ffff',
  'c229975a5404000000ffff',
];

describe('SpdyHeaders', () => {
  it('reads blocks that share one zlib state, in their order', () => {
    const headers = SpdyHeaders.create();
    const types = FROM_KUBECTL.map(block =>
      headers.decode(Buffer.from(block, 'hex')).get('streamtype'),
    );
    expect(types).toEqual(['error', 'stdout', 'stderr']);
  });

  it('refuses a block without the ones before it', () => {
    const headers = SpdyHeaders.create();
    const later = Buffer.from(FROM_KUBECTL[1], 'hex');
    expect(() => headers.decode(later)).toThrow();
  });

  it('writes empty blocks that continue one zlib stream', () => {
    const writer = SpdyHeaders.create();
    const reader = SpdyHeaders.create();
    for (let count = 0; count < 3; count++) {
      expect(reader.decode(writer.encodeNone()).size).toBe(0);
    }
  });
});
