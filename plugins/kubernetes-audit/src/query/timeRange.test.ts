import { DateTime } from 'luxon';
import {
  boundsOf,
  parseTimeRange,
  TimeRange,
  toLocalInputs,
  withLocalInput,
  writeTimeRange,
} from './timeRange';

const berlin = (iso: string) =>
  DateTime.fromISO(iso, { zone: 'Europe/Berlin' });

describe('a time range', () => {
  it("means the viewer's calendar day, from midnight to midnight", () => {
    expect(boundsOf({ kind: 'today' }, berlin('2026-11-22T00:30'))).toEqual({
      from: '2026-11-21T23:00:00.000Z',
      to: '2026-11-22T23:00:00.000Z',
    });
  });

  it('has 23 hours on the day that daylight saving begins', () => {
    expect(boundsOf({ kind: 'today' }, berlin('2026-03-29T12:00'))).toEqual({
      from: '2026-03-28T23:00:00.000Z',
      to: '2026-03-29T22:00:00.000Z',
    });
  });

  it('has 23 hours also where daylight saving begins at midnight', () => {
    const cairo = DateTime.fromISO('2024-04-26T12:00', {
      zone: 'Africa/Cairo',
    });
    const today = {
      from: '2024-04-25T22:00:00.000Z',
      to: '2024-04-26T21:00:00.000Z',
    };
    expect(boundsOf({ kind: 'today' }, cairo)).toEqual(today);
    expect(boundsOf({ kind: 'last7Days' }, cairo)).toEqual({
      from: '2024-04-19T22:00:00.000Z',
      to: today.to,
    });
    expect(boundsOf({ kind: 'yesterday' }, cairo.plus({ days: 1 }))).toEqual(
      today,
    );
  });

  it('of seven days includes today', () => {
    expect(boundsOf({ kind: 'last7Days' }, berlin('2026-11-22T12:00'))).toEqual(
      { from: '2026-11-15T23:00:00.000Z', to: '2026-11-22T23:00:00.000Z' },
    );
  });

  it('is open when it is any time', () => {
    expect(boundsOf({ kind: 'anyTime' }, berlin('2026-11-22T12:00'))).toEqual(
      {},
    );
  });

  it.each<TimeRange>([
    { kind: 'today' },
    { kind: 'last30Days' },
    { kind: 'anyTime' },
    { kind: 'custom', from: '2026-11-01T10:00:00.000Z', to: undefined },
    {
      kind: 'custom',
      from: '2026-11-01T10:00:00.000Z',
      to: '2026-11-02T10:00:00.000Z',
    },
  ])('survives the URL: %j', range => {
    const params = new URLSearchParams('range=yesterday&from=x&other=1');
    writeTimeRange(params, range, 'today');
    expect(parseTimeRange(params, 'today')).toEqual(range);
    expect(params.get('other')).toBe('1');
  });

  it('that the URL garbles is the default', () => {
    const params = new URLSearchParams('range=soon&from=never');
    expect(parseTimeRange(params, 'today')).toEqual({ kind: 'today' });
  });

  it('is shown with the last minute inside, and read back the same', () => {
    const { zone } = berlin('2026-11-22T12:00');
    const bounds = boundsOf({ kind: 'today' }, berlin('2026-11-22T12:00'));
    const inputs = toLocalInputs(bounds, zone);
    expect(inputs).toEqual({
      from: '2026-11-22T00:00',
      to: '2026-11-22T23:59',
    });
    for (const side of ['from', 'to'] as const) {
      expect(withLocalInput(bounds, side, inputs[side], zone)).toEqual({
        kind: 'custom',
        ...bounds,
      });
    }
  });

  it('keeps one end to the second when the other is typed', () => {
    const { zone } = berlin('2026-11-22T12:00');
    // The second of both half past two.
    const from = '2026-10-25T01:30:15.000Z';
    expect(toLocalInputs({ from }, zone).from).toBe('2026-10-25T02:30');
    expect(withLocalInput({ from }, 'to', '2026-10-25T12:00', zone)).toEqual({
      kind: 'custom',
      from,
      to: '2026-10-25T11:01:00.000Z',
    });
  });

  it('without either moment is any time', () => {
    const bounds = { from: '2026-11-22T10:00:00.000Z' };
    expect(withLocalInput(bounds, 'from', '', DateTime.utc().zone)).toEqual({
      kind: 'anyTime',
    });
  });
});
