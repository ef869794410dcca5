import type { TimeSpan } from './PlayerSnapshot';

/** The last output stays readable for so long before idle time is skipped, in microseconds. */
const IDLE_GRACE = 1_000_000;
/** Idle time is skipped up to so shortly before the next output, in microseconds. */
const IDLE_LEAD = 250_000;

/**
 * Where to go on when idle time is skipped; nothing when there is none at the
 * position. All in microseconds.
 *
 * @param idle - what is known of the whole recording
 * @param around - the events before and after the position, as far as they are here
 */
export function skipIdleTime(
  position: number,
  idle: readonly TimeSpan[],
  around: TimeSpan,
): number | undefined {
  const isIdle = ({ from, to }: TimeSpan) =>
    position - from > IDLE_GRACE && to - position > IDLE_LEAD;
  const span = idle.find(isIdle) ?? (isIdle(around) ? around : undefined);
  return span && span.to - IDLE_LEAD;
}
