import { barsPath, marksOf } from './TimelineActivity';

describe('barsPath', () => {
  it('draws a bar for each bucket with output, the fullest to the top', () => {
    const path = barsPath(
      { bucketMicroseconds: 10, buckets: [0, 1, 1000] },
      30,
    );
    expect(path.match(/M/g)).toHaveLength(2);
    expect(path).toContain('V0.000');
    expect(path.startsWith('M0.33333 ')).toBe(true);
  });

  it('draws nothing of a silent recording', () => {
    expect(barsPath({ bucketMicroseconds: 10, buckets: [0, 0] }, 20)).toBe('');
  });

  it('draws no more bars than can be told apart, and none past the end', () => {
    const buckets = Array.from({ length: 4096 }, () => 1);
    const path = barsPath({ bucketMicroseconds: 1, buckets }, 4096);
    expect(path.match(/M/g)?.length).toBeLessThanOrEqual(240);
    const rights = [...path.matchAll(/H([\d.]+)/g)].map(([, right]) =>
      Number(right),
    );
    expect(Math.max(...rights)).toBeLessThanOrEqual(1);
  });
});

describe('marksOf', () => {
  it('leaves out markers that would stand on one another', () => {
    const marker = (time: number) => ({ time, text: `at ${time}` });
    expect(marksOf([marker(0), marker(1), marker(500)], 1000)).toEqual([
      marker(0),
      marker(500),
    ]);
    const many = Array.from({ length: 10_000 }, (_, time) => marker(time));
    expect(marksOf(many, 10_000).length).toBeLessThanOrEqual(401);
  });
});
