import { ActivityHistogram } from './ActivityHistogram';

describe('ActivityHistogram', () => {
  it('keeps every byte in the bucket of its time, however long it becomes', () => {
    const times = [0, 1, 20_000, 8_000_000, 9_000_000, 3_600_000_000];
    let histogram = ActivityHistogram.create();
    times.forEach((time, index) => {
      histogram.add(time, 10 ** index);
      // Put away and taken up again.
      histogram = ActivityHistogram.create(
        JSON.parse(JSON.stringify(histogram.state)),
      );
    });
    const { bucketMicroseconds, buckets } = histogram.state;
    expect(buckets.length).toBeLessThanOrEqual(512);
    expect(3_600_000_000 / bucketMicroseconds).toBeGreaterThan(256);
    const expected = new Map<number, number>();
    times.forEach((time, index) => {
      const bucket = Math.floor(time / bucketMicroseconds);
      expected.set(bucket, (expected.get(bucket) ?? 0) + 10 ** index);
    });
    expect(
      new Map([...buckets.entries()].filter(([, bytes]) => bytes > 0)),
    ).toEqual(expected);
  });
});
