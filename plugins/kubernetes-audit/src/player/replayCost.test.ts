import { FETCH_COST, replayCost } from './replayCost';

const allHere = { has: () => true };

const chunks = [0, 1, 2].map(index => ({
  index,
  firstTime: index * 100,
  lastTime: index * 100 + 50,
  sizeBytes: 1000,
}));

describe('replayCost', () => {
  it.each([
    [0, 250, 3000],
    [0, 25, 500],
    [50, 100, 0],
    [25, 125, 1000],
    [0, 0, 0],
    [250, 1000, 0],
  ])('counts from %i to %i the share of each chunk', (from, to, bytes) => {
    expect(replayCost(chunks, allHere, from, to)).toBe(bytes);
  });

  it('counts what is to be fetched', () => {
    const firstHere = { has: (index: number) => index === 0 };
    expect(replayCost(chunks, firstHere, 0, 250)).toBe(3000 + 2 * FETCH_COST);
  });

  it('counts the whole of a chunk without duration', () => {
    const burst = [{ index: 0, firstTime: 7, lastTime: 7, sizeBytes: 10 }];
    expect(replayCost(burst, allHere, 0, 7)).toBe(10);
    expect(replayCost(burst, allHere, 0, 6)).toBe(0);
  });
});
