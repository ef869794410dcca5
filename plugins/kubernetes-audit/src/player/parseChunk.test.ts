import { encodeFrame } from 'backstage-plugin-kubernetes-audit-common';
import { buildFrame, joinBytes } from '../__testUtils__';
import { parseChunk } from './parseChunk';

const texts = (chunk: Uint8Array) =>
  parseChunk(chunk).events.map(({ data }) => new TextDecoder().decode(data));

describe('parseChunk', () => {
  const frames = [
    buildFrame([[0, 'output', 'one']], 0),
    buildFrame([[1, 'output', 'two']], 1),
    buildFrame([[2, 'output', 'three']], 2),
  ];

  it('reads the events of all its frames in order', () => {
    const { events, gaps } = parseChunk(joinBytes(frames));
    expect(events.map(({ time }) => time)).toEqual([0, 1_000_000, 2_000_000]);
    expect(texts(joinBytes(frames))).toEqual(['one', 'two', 'three']);
    expect(gaps).toEqual([]);
  });

  it('loses one frame to a flipped byte in its body', () => {
    const damaged = Uint8Array.from(frames[1]);
    damaged[damaged.length - 1] ^= 0x40;
    const chunk = joinBytes([frames[0], damaged, frames[2]]);
    expect(texts(chunk)).toEqual(['one', 'three']);
    expect(parseChunk(chunk).gaps).toEqual([
      { from: 1_000_000, to: 1_000_000 },
    ]);
  });

  it('keeps what came before a damaged header or a cut', () => {
    const damaged = Uint8Array.from(frames[1]);
    damaged[12] ^= 1;
    expect(texts(joinBytes([frames[0], damaged, frames[2]]))).toEqual(['one']);
    const whole = joinBytes(frames);
    for (let cut = frames[0].length; cut < whole.length - 1; cut++) {
      const { events, gaps } = parseChunk(whole.subarray(0, cut));
      const isBetween =
        cut === frames[0].length || cut === frames[0].length + frames[1].length;
      expect(events.length).toBeGreaterThanOrEqual(1);
      expect(gaps).toHaveLength(isBetween ? 0 : 1);
    }
  });

  it('refuses frames that the portal should have unpacked', () => {
    const body = Uint8Array.of(1, 2, 3);
    const frame = encodeFrame(body, {
      compression: 'gzip',
      last: false,
      sequence: 0,
      uncompressedBytes: 10,
      eventCount: 1,
      firstTime: 0,
      lastTime: 0,
    });
    expect(() => parseChunk(frame)).toThrow(/compressed or encrypted/);
  });
});
