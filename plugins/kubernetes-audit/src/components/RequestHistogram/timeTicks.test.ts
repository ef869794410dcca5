import { IANAZone } from 'luxon';
import { timeTicks } from './timeTicks';

const labels = (from: string, to: string, zone = 'UTC') =>
  timeTicks(
    { from: Date.parse(from), to: Date.parse(to) },
    IANAZone.create(zone),
  ).map(({ label }) => label);

describe('timeTicks', () => {
  it('marks every third hour of a day, and its date', () => {
    expect(labels('2026-11-22T00:00Z', '2026-11-23T00:00Z')).toEqual([
      '11-22',
      ...['03:00', '06:00', '09:00', '12:00', '15:00', '18:00', '21:00'],
    ]);
  });

  it('marks round times of the viewer', () => {
    expect(
      labels('2026-11-22T23:00Z', '2026-11-23T02:30Z', 'Asia/Kolkata'),
    ).toEqual(['04:30', '05:00', '05:30', '06:00', '06:30', '07:00', '07:30']);
  });

  it('marks the days of a week, also where one of them has 25 hours', () => {
    expect(
      labels('2026-10-22T22:00Z', '2026-10-28T23:00Z', 'Europe/Berlin'),
    ).toEqual(['10-23', '10-24', '10-25', '10-26', '10-27', '10-28']);
  });

  it('goes on at midnight after a day that began at one', () => {
    expect(
      labels('2024-04-25T22:00Z', '2024-04-27T21:00Z', 'Africa/Cairo'),
    ).toEqual([
      ...['04-26', '07:00', '13:00', '19:00'],
      ...['04-27', '06:00', '12:00', '18:00'],
    ]);
  });

  it('begins anew with each month', () => {
    expect(labels('2026-10-20T00:00Z', '2026-11-19T00:00Z')).toEqual([
      ...['10-21', '10-26', '11-01', '11-06', '11-11', '11-16'],
    ]);
  });

  it('marks minutes, months and years', () => {
    expect(labels('2026-11-22T09:14:30Z', '2026-11-22T09:17:00Z')).toEqual([
      '09:15',
      '09:16',
    ]);
    expect(labels('2026-01-15T00:00Z', '2026-06-15T00:00Z')).toEqual([
      ...['2026-02', '2026-03', '2026-04', '2026-05', '2026-06'],
    ]);
    const years = labels('1990-01-01T00:00Z', '2027-01-01T00:00Z');
    expect(years[0]).toBe('1990');
    expect(years.length).toBeLessThanOrEqual(10);
  });

  it('marks nothing where no round time is', () => {
    expect(labels('2026-11-22T09:14:10Z', '2026-11-22T09:14:40Z')).toEqual([]);
  });
});
