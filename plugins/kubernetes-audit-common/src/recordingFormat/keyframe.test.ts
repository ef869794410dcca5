import {
  decodeKeyframe,
  encodeKeyframe,
  Keyframe,
  KEYFRAME_HEADER_BYTES,
  KeyframeError,
  MAX_KEYFRAME_PAYLOAD_BYTES,
} from './keyframe';

const keyframe: Keyframe = {
  columns: 120,
  rows: 40,
  time: 2 ** 45,
  payload: new TextEncoder().encode('\x1b[1;1H€'),
};
const encoded = encodeKeyframe(keyframe);

const isRefused = (bytes: Uint8Array) => {
  try {
    decodeKeyframe(bytes);
    return false;
  } catch (error) {
    return error instanceof KeyframeError;
  }
};

describe('keyframe', () => {
  it('reads back what was written, also from the middle of a buffer', () => {
    expect(decodeKeyframe(encoded)).toEqual(keyframe);
    const padded = Uint8Array.from([9, 9, ...encoded, 9]);
    expect(decodeKeyframe(padded.subarray(2, -1))).toEqual(keyframe);
  });

  it('refuses every cut, every flipped byte and what follows', () => {
    for (let i = 0; i < encoded.length; i++) {
      expect(isRefused(encoded.subarray(0, i))).toBe(true);
      const flipped = encoded.slice();
      flipped[i] ^= 0x10;
      expect(isRefused(flipped)).toBe(true);
    }
    expect(isRefused(Uint8Array.from([...encoded, 0]))).toBe(true);
  });

  it.each([
    [{ columns: 1001 }],
    [{ columns: 1 }],
    [{ rows: 501 }],
    [{ rows: 0 }],
    [{ time: -1 }],
    [{ time: 2 ** 53 }],
    [{ payload: new Uint8Array(MAX_KEYFRAME_PAYLOAD_BYTES + 1) }],
  ])('refuses %p', change => {
    expect(() => encodeKeyframe({ ...keyframe, ...change })).toThrow(
      KeyframeError,
    );
  });

  it('believes no size before it has looked at it', () => {
    const bomb = encoded.slice();
    new DataView(bomb.buffer).setUint32(20, 0xffffffff, true);
    expect(() => decodeKeyframe(bomb)).toThrow('exceeds its limit');
    const wide = encoded.slice();
    new DataView(wide.buffer).setUint16(6, 0xffff, true);
    expect(() => decodeKeyframe(wide)).toThrow('65535x40 cells');
    expect(KEYFRAME_HEADER_BYTES).toBe(encoded.length - 9);
  });
});
