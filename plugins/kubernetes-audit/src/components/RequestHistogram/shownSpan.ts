import { DateTime } from 'luxon';
import type { Span } from './histogramSlots';

/** A span in the viewer's time zone: what both ends share is said once. */
export function shownSpan({ from, to }: Span): string {
  const start = DateTime.fromMillis(from);
  const end = DateTime.fromMillis(to);
  const isOfDays =
    +start === +start.startOf('day') && +end === +end.startOf('day');
  if (isOfDays) {
    const last = end.minus({ days: 1 });
    return +start.startOf('day') === +last.startOf('day')
      ? start.toFormat('yyyy-LL-dd')
      : `${start.toFormat('yyyy-LL-dd')} – ${last.toFormat('yyyy-LL-dd')}`;
  }
  const toSecond = [start, end].some(time => time.second > 0);
  const time = toSecond ? 'HH:mm:ss' : 'HH:mm';
  const isOneDay = +start.startOf('day') === +end.startOf('day');
  return `${start.toFormat(`yyyy-LL-dd ${time}`)} – ${end.toFormat(
    isOneDay ? time : `yyyy-LL-dd ${time}`,
  )}`;
}
