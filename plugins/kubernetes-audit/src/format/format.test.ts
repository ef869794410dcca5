import { formatBytes } from './formatBytes';
import { formatClock, formatShortClock } from './formatTime';

describe('formatBytes', () => {
  it.each([
    [0, '0 B'],
    [1023, '1023 B'],
    [4096, '4 KB'],
    [18_631, '18 KB'],
    [1536, '1.5 KB'],
    [700 * 1024 * 1024, '700 MB'],
  ])('shows %d bytes as %s', (bytes, text) => {
    expect(formatBytes(bytes)).toBe(text);
  });
});

describe('formatClock', () => {
  it.each([
    [0, '0:00'],
    [9_999, '0:09'],
    [61_000, '1:01'],
    [3_600_000, '1:00:00'],
    [36_061_000, '10:01:01'],
  ])('shows %d ms as %s', (milliseconds, text) => {
    expect(formatClock(milliseconds)).toBe(text);
  });
});

describe('formatShortClock', () => {
  it.each([
    [0, '0:00.0'],
    [850, '0:00.8'],
    [9_999, '0:09.9'],
  ])('shows %d ms as %s', (milliseconds, text) => {
    expect(formatShortClock(milliseconds)).toBe(text);
  });
});
