import {
  decodeSidecar,
  decodeSidecarPart,
  encodeSidecar,
  encodeSidecarPart,
  keyframeAt,
  Sidecar,
  SidecarError,
  SidecarPart,
} from './sidecar';

const keyframes = Uint8Array.of(1, 2, 3, 4, 5);
const entry = { time: 7, chunk: 1, event: 3, offset: 2, bytes: 3 };
const sidecar: Sidecar = {
  chunkCount: 2,
  isComplete: true,
  lastTime: 9_000_000,
  outputBytes: 1000,
  damagedFrames: 0,
  curtailedFrames: 0,
  frames: [
    {
      chunk: 0,
      sequence: 0,
      offset: 0,
      bytes: 100,
      firstTime: 0,
      lastTime: 5,
      outputBytes: 1000,
    },
  ],
  parts: [{ from: 0, to: 2 }],
  keyframes: [{ ...entry, part: 0 }],
  activity: { bucketMicroseconds: 32_768, buckets: [1000] },
  idle: [{ from: 5, to: 9_000_000 }],
  markers: [{ time: 6, text: 'here' }],
  textBytes: 4,
  isTextTruncated: false,
  resume: { lastActivityTime: 5, keyframe: entry },
};
const part: SidecarPart = {
  chunks: { from: 0, to: 2 },
  keyframes: [entry],
  text: [{ time: 5, text: 'líne' }],
};

describe('sidecar', () => {
  const encoded = encodeSidecar({ content: sidecar, keyframes });

  it('reads back what was written, a part too', () => {
    expect(decodeSidecar(encoded)).toEqual({ content: sidecar, keyframes });
    const encodedPart = encodeSidecarPart({ content: part, keyframes });
    expect(decodeSidecarPart(encodedPart)).toEqual({
      content: part,
      keyframes,
    });
    expect(() => decodeSidecar(encodedPart)).toThrow('not of kind sidecar');
  });

  it('refuses every cut, every flipped byte and what follows', () => {
    const isRefused = (bytes: Uint8Array) => {
      try {
        decodeSidecar(bytes);
        return false;
      } catch (error) {
        return error instanceof SidecarError;
      }
    };
    for (let i = 0; i < encoded.length; i++) {
      expect(isRefused(encoded.subarray(0, i))).toBe(true);
      const flipped = encoded.slice();
      flipped[i] ^= 0x10;
      expect(isRefused(flipped)).toBe(true);
    }
    expect(isRefused(Uint8Array.from([...encoded, 0]))).toBe(true);
  });

  it('believes no length before it has looked at it', () => {
    const bomb = encoded.slice();
    new DataView(bomb.buffer).setUint32(12, 0xffffffff, true);
    expect(() => decodeSidecar(bomb)).toThrow('exceeds its limit');
  });

  it('names what is wrong in a content that is not one', () => {
    const wrong = encodeSidecar({
      content: { ...sidecar, lastTime: -1 },
      keyframes,
    });
    expect(() => decodeSidecar(wrong)).toThrow('sidecar: lastTime');
  });

  it('gives the bytes of a keyframe, and none from outside', () => {
    expect(keyframeAt(keyframes, entry)).toEqual(Uint8Array.of(3, 4, 5));
    expect(() => keyframeAt(keyframes, { offset: 3, bytes: 3 })).toThrow(
      SidecarError,
    );
  });
});
