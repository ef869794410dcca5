import { DateTime } from 'luxon';

/** A moment in the viewer's time zone, to the second, sortable by eye. */
export function formatTimestamp(iso: string): string {
  const time = DateTime.fromISO(iso);
  return time.isValid ? time.toFormat('yyyy-LL-dd HH:mm:ss') : iso;
}

/** A moment in the viewer's time zone, to the minute. */
export function formatMinute(iso: string): string {
  return DateTime.fromISO(iso).toFormat('yyyy-LL-dd HH:mm');
}

/** `m:ss` or `h:mm:ss`, as a player's clock shows it. */
export function formatClock(milliseconds: number): string {
  const total = Math.floor(milliseconds / 1000);
  const seconds = String(total % 60).padStart(2, '0');
  const minutes = Math.floor(total / 60) % 60;
  const hours = Math.floor(total / 3600);
  return hours > 0
    ? `${hours}:${String(minutes).padStart(2, '0')}:${seconds}`
    : `${minutes}:${seconds}`;
}

/** `s.s` after the minutes: for what is over before a clock moves. */
export function formatShortClock(milliseconds: number): string {
  const tenths = Math.floor((milliseconds % 1000) / 100);
  return `${formatClock(milliseconds)}.${tenths}`;
}

/** The time of day in the viewer's time zone, so many milliseconds after a moment. */
export function formatTimeOfDay(iso: string, after: number): string {
  return DateTime.fromISO(iso)
    .plus({ milliseconds: after })
    .toFormat('HH:mm:ss');
}
