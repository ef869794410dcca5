import {
  decodeFrame,
  decodeFrames,
  encodeFrame,
  FRAME_HEADER_BYTES,
  FrameError,
} from './frame';

const body = Uint8Array.from({ length: 300 }, (_, i) => i % 251);
const frame = encodeFrame(body, {
  compression: 'zstd',
  last: true,
  sequence: 7,
  uncompressedBytes: 4096,
  eventCount: 3,
  firstTime: 1_500_000,
  lastTime: 2 ** 45,
});

describe('frame', () => {
  it('reads back what was written', () => {
    expect(decodeFrame(frame)).toEqual({
      header: {
        compression: 'zstd',
        last: true,
        encrypted: false,
        headerBytes: FRAME_HEADER_BYTES,
        sequence: 7,
        bodyBytes: 300,
        uncompressedBytes: 4096,
        eventCount: 3,
        firstTime: 1_500_000,
        lastTime: 2 ** 45,
        bodyCrc: expect.any(Number),
      },
      body,
      totalBytes: FRAME_HEADER_BYTES + 300,
    });
  });

  it('leaves the bytes that it reads as they are, also of a Buffer', () => {
    const buffer = Buffer.from(frame);
    expect(decodeFrame(buffer)?.header.sequence).toBe(7);
    expect(buffer.equals(frame)).toBe(true);
  });

  it('asks for more at every cut', () => {
    for (let cut = 0; cut < frame.length; cut++) {
      expect(decodeFrame(frame.subarray(0, cut))).toBeUndefined();
    }
  });

  it('takes no frame with a flipped byte for a whole one', () => {
    const isWhole = (bytes: Uint8Array) => {
      try {
        // A header that says it is longer only asks for bytes that never come.
        return decodeFrame(bytes) !== undefined;
      } catch (error) {
        return !(error instanceof FrameError);
      }
    };
    for (let i = 0; i < frame.length; i++) {
      const flipped = frame.slice();
      flipped[i] ^= 0x20;
      expect(isWhole(flipped)).toBe(false);
    }
  });

  it.each([
    ['ends before it begins', 2, 1],
    ['ends when no clock does', 0, 2 ** 63],
  ])('refuses a frame that %s', (_, firstTime, lastTime) => {
    const impossible = encodeFrame(body, {
      compression: 'none',
      last: false,
      sequence: 0,
      uncompressedBytes: body.length,
      eventCount: 1,
      firstTime,
      lastTime,
    });
    expect(() => decodeFrame(impossible)).toThrow(FrameError);
  });

  it('splits a chunk into its frames and refuses a cut one', () => {
    const chunk = new Uint8Array([...frame, ...frame]);
    expect(decodeFrames(chunk).map(f => f.header.sequence)).toEqual([7, 7]);
    expect(() => decodeFrames(chunk.subarray(0, chunk.length - 1))).toThrow(
      FrameError,
    );
  });
});
