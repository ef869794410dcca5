import { PART_BYTES, PART_CHUNKS, planParts } from './planParts';

const chunks = (...sizes: number[]) => sizes.map(sizeBytes => ({ sizeBytes }));

describe('planParts', () => {
  it('ends a part with the chunk that fills it, by number or by size', () => {
    const small = chunks(...Array(PART_CHUNKS).fill(10));
    const large = chunks(10, PART_BYTES, PART_BYTES);
    expect(planParts([...small, ...large, ...chunks(1)], false)).toEqual([
      { from: 0, to: PART_CHUNKS },
      { from: PART_CHUNKS, to: PART_CHUNKS + 2 },
      { from: PART_CHUNKS + 2, to: PART_CHUNKS + 3 },
    ]);
  });

  it('leaves the parts of a growing recording as they were', () => {
    const all = chunks(
      ...Array.from({ length: 300 }, (_, i) => (i % 7) * (PART_BYTES / 9)),
    );
    const whole = planParts(all, true);
    for (let length = 0; length <= all.length; length++) {
      const parts = planParts(all.slice(0, length), false);
      expect(parts).toEqual(whole.slice(0, parts.length));
    }
  });

  it('ends a complete recording with a part of what is left, even of nothing', () => {
    expect(planParts([], true)).toEqual([{ from: 0, to: 0 }]);
    expect(planParts(chunks(1, 2), true)).toEqual([{ from: 0, to: 2 }]);
    expect(planParts(chunks(PART_BYTES), true)).toEqual([
      { from: 0, to: 1 },
      { from: 1, to: 1 },
    ]);
  });
});
