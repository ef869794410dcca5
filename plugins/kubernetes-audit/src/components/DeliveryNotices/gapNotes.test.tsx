import type { DeliveryGap } from 'backstage-plugin-kubernetes-audit-common';
import { gapNotes } from './gapNotes';

const gapAt = (minute: number): DeliveryGap => ({
  agentId: 'demo-proxy',
  epoch: '019aa000-0000-7000-b000-000000000001',
  firstSequence: minute,
  lastSequence: minute,
  missing: 1,
  since: `2026-11-22T09:0${minute}:00.000Z`,
});
const rows = (...minutes: number[]) =>
  minutes.map(minute => ({ executedAt: `2026-11-22T09:0${minute}:30.000Z` }));
const places = (
  gaps: DeliveryGap[],
  page: Parameters<typeof gapNotes>[1],
  order: 'asc' | 'desc' = 'desc',
) => gapNotes(gaps, page, order).map(({ index }) => index);

describe('gapNotes', () => {
  it('stand between the calls before and after them', () => {
    expect(places([gapAt(3)], { items: rows(4, 3, 2, 1) })).toEqual([2]);
    expect(places([gapAt(3)], { items: rows(1, 2, 3, 4) }, 'asc')).toEqual([2]);
  });

  it('stand at the ends of the list, but of no page in its middle', () => {
    const gaps = [gapAt(9), gapAt(1)];
    const items = rows(5, 4);
    expect(places(gaps, { items })).toEqual([0, 2]);
    expect(places(gaps, { items, prevCursor: 'newer' })).toEqual([2]);
    expect(places(gaps, { items, nextCursor: 'older' })).toEqual([0]);
  });
});
