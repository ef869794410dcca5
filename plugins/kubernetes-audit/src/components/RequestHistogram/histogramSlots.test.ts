import { slotsOf } from './histogramSlots';

const MINUTE = 60_000;
const time = (text: string) => Date.parse(`2026-11-22T${text}Z`);
const bar = (text: string, success: number, failure = 0) => ({
  from: `2026-11-22T${text}:00.000Z`,
  success,
  failure,
});

describe('slotsOf', () => {
  it('has a place for each bar of the range, also for those without calls', () => {
    const view = slotsOf({
      histogram: {
        widthMs: 15 * MINUTE,
        items: [bar('09:15', 7, 1), { ...bar('09:45', 3), isEstimated: true }],
      },
      from: '2026-11-22T09:00:00.000Z',
      to: '2026-11-22T10:00:00.000Z',
    });
    expect(view?.slots.map(({ success }) => success)).toEqual([0, 7, 0, 3]);
    expect(view).toMatchObject({
      highest: 8,
      total: { success: 10, failure: 1, isEstimated: true },
    });
  });

  it('ends with the range where that ends within a bar', () => {
    const view = slotsOf({
      histogram: { widthMs: 15 * MINUTE, items: [bar('09:00', 1)] },
      from: '2026-11-22T09:05:00.000Z',
      to: '2026-11-22T09:20:00.000Z',
    });
    expect(view?.slots).toEqual([
      {
        from: time('09:05'),
        to: time('09:15'),
        success: 1,
        failure: 0,
        isEstimated: false,
      },
      expect.objectContaining({ from: time('09:15'), to: time('09:20') }),
    ]);
  });

  it('goes from the first to the last bar of an open range', () => {
    const histogram = {
      widthMs: 15 * MINUTE,
      items: [bar('09:00', 1), bar('10:00', 1)],
    };
    expect(slotsOf({ histogram })).toMatchObject({
      from: time('09:00'),
      to: time('10:15'),
    });
    expect(slotsOf({ histogram, from: '2026-11-22T08:30:00Z' })).toMatchObject({
      from: time('08:30'),
      to: time('10:15'),
    });
  });

  it('is nothing where there is neither range nor bar', () => {
    const histogram = { widthMs: MINUTE, items: [] };
    expect(slotsOf({ histogram })).toBeUndefined();
    expect(slotsOf({ histogram, to: '2026-11-22T09:00Z' })).toBeUndefined();
  });
});
