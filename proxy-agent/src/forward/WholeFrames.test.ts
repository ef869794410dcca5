import fc from 'fast-check';
import { encodeWebSocketFrame, WebSocketOpcode } from '../protocol';
import { MAX_HELD_BYTES, WholeFrames } from './WholeFrames';

/** Frames, and the bytes of them cut anywhere. */
const cutFrames = fc
  .record({
    lengths: fc.array(
      fc.oneof(
        fc.integer({ min: 0, max: 200 }),
        fc.integer({ min: 0, max: 3 * MAX_HELD_BYTES }),
      ),
      { minLength: 1, maxLength: 6 },
    ),
    cuts: fc.array(fc.double({ min: 0, max: 1, noNaN: true }), {
      maxLength: 12,
    }),
  })
  .map(({ lengths, cuts }) => {
    const frames = lengths.map(length =>
      encodeWebSocketFrame({
        opcode: WebSocketOpcode.binary,
        payload: Buffer.alloc(length, 'x'),
      }),
    );
    const bytes = Buffer.concat(frames);
    const places = [...cuts.map(cut => Math.floor(cut * bytes.length))]
      .sort((a, b) => a - b)
      .concat(bytes.length);
    let from = 0;
    const chunks = places.flatMap(to => {
      const chunk = bytes.subarray(from, to);
      from = to;
      return chunk.length > 0 ? [chunk] : [];
    });
    let end = 0;
    const ends = frames.map(frame => (end += frame.length));
    return { bytes, chunks, ends };
  });

describe('WholeFrames', () => {
  it('releases each whole frame at once, and the beginning of one only when it is too long', () => {
    fc.assert(
      fc.property(cutFrames, ({ bytes, chunks, ends }) => {
        const frames = WholeFrames.create();
        const out: Buffer[] = [];
        let came = 0;
        for (const chunk of chunks) {
          const before = came;
          const after = before + chunk.length;
          came = after;
          const whole = Math.max(0, ...ends.filter(end => end <= after));
          const isInFrame = before > 0 && !ends.includes(before);
          const boundary =
            whole > before || !isInFrame
              ? Math.max(0, whole - before)
              : undefined;
          out.push(...frames.push(chunk, boundary));
          const released = Buffer.concat(out).length;
          expect(frames.endsWhole).toBe(released === whole);
          expect(released).toBe(frames.endsWhole ? whole : came);
          expect(came - released).toBeLessThanOrEqual(MAX_HELD_BYTES);
          expect(frames.endsWhole || came - whole > MAX_HELD_BYTES).toBe(true);
        }
        out.push(...frames.take());
        expect(Buffer.concat(out).equals(bytes)).toBe(true);
      }),
      { numRuns: 200 },
    );
  });

  it('copies nothing', () => {
    const frames = WholeFrames.create();
    const chunk = Buffer.alloc(100);
    const [whole] = frames.push(chunk, 60);
    const [rest, end] = frames.push(chunk, 100);
    expect([whole, rest, end].map(part => part.buffer)).toEqual(
      Array(3).fill(chunk.buffer),
    );
    expect(frames.isHolding).toBe(false);
  });
});
