import { DateTime } from 'luxon';

/** Ranges that are named relative to the viewer's today, in the order offered. */
export const RANGE_PRESETS = [
  'today',
  'yesterday',
  'last7Days',
  'last30Days',
  'anyTime',
] as const;

/** A range that moves with the viewer's clock. */
export type RangePreset = (typeof RANGE_PRESETS)[number];

/** What a list is bounded by: a preset, or instants in ISO 8601. */
export type TimeRange =
  | { kind: RangePreset }
  | {
      kind: 'custom';
      /** Included. */
      from?: string;
      /** Not included. */
      to?: string;
    };

/** Instants in UTC: `from` included, `to` not; absent means unbounded. */
export type Bounds = { from?: string; to?: string };

/** Minute granularity of `<input type="datetime-local">`. */
const LOCAL_MINUTE = "yyyy-LL-dd'T'HH:mm";

/**
 * The instants that a range means at `now`, whose zone is the viewer's. Days
 * are calendar days: the one that daylight saving begins on has 23 hours.
 */
export function boundsOf(range: TimeRange, now: DateTime): Bounds {
  // Where daylight saving begins at midnight, that day begins at one o'clock.
  const startOf = (day: number) => now.plus({ days: day }).startOf('day');
  switch (range.kind) {
    case 'today':
      return between(startOf(0), startOf(1));
    case 'yesterday':
      return between(startOf(-1), startOf(0));
    case 'last7Days':
      return between(startOf(-6), startOf(1));
    case 'last30Days':
      return between(startOf(-29), startOf(1));
    case 'custom':
      return { from: range.from, to: range.to };
    default:
      return {};
  }
}

function between(from: DateTime, to: DateTime): Bounds {
  return { from: toInstant(from), to: toInstant(to) };
}

function toInstant(time: DateTime): string | undefined {
  return time.toUTC().toISO() ?? undefined;
}

/** Reads `range=<preset>` or `from=&to=`; what it cannot read is `fallback`. */
export function parseTimeRange(
  params: URLSearchParams,
  fallback: RangePreset,
): TimeRange {
  const from = parseInstant(params.get('from'));
  const to = parseInstant(params.get('to'));
  if (from || to) {
    return { kind: 'custom', from, to };
  }
  const preset = RANGE_PRESETS.find(name => name === params.get('range'));
  return { kind: preset ?? fallback };
}

function parseInstant(text: string | null): string | undefined {
  const time = text ? DateTime.fromISO(text) : undefined;
  return time?.isValid ? toInstant(time) : undefined;
}

/** The opposite of {@link parseTimeRange}; the fallback leaves no trace. */
export function writeTimeRange(
  params: URLSearchParams,
  range: TimeRange,
  fallback: RangePreset,
): void {
  params.delete('range');
  params.delete('from');
  params.delete('to');
  if (range.kind !== 'custom') {
    if (range.kind !== fallback) {
      params.set('range', range.kind);
    }
    return;
  }
  if (range.from) {
    params.set('from', range.from);
  }
  if (range.to) {
    params.set('to', range.to);
  }
}

/**
 * The values of two local date-and-time inputs. The end that people read is
 * the last minute inside: 23:59 stands for the midnight after it.
 */
export function toLocalInputs(
  bounds: Bounds,
  zone: DateTime['zone'],
): { from: string; to: string } {
  const from = bounds.from && DateTime.fromISO(bounds.from, { zone });
  const to = bounds.to && DateTime.fromISO(bounds.to, { zone });
  return {
    from: from ? from.toFormat(LOCAL_MINUTE) : '',
    to: to ? to.minus({ milliseconds: 1 }).toFormat(LOCAL_MINUTE) : '',
  };
}

/**
 * The bounds with one of the two inputs typed anew; an empty one leaves that
 * side open. The other side stays as it is: an input has neither its seconds
 * nor which of the two hours it is that the end of daylight saving repeats.
 */
export function withLocalInput(
  bounds: Bounds,
  side: 'from' | 'to',
  text: string,
  zone: DateTime['zone'],
): TimeRange {
  const typed = DateTime.fromISO(text, { zone });
  const end =
    side === 'from' ? typed : typed.startOf('minute').plus({ minutes: 1 });
  const instant = typed.isValid ? toInstant(end) : undefined;
  const from = side === 'from' ? instant : bounds.from;
  const to = side === 'to' ? instant : bounds.to;
  return from || to ? { kind: 'custom', from, to } : { kind: 'anyTime' };
}
