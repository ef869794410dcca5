import { useCallback, useState } from 'react';
import { formatClock, formatShortClock, formatTimeOfDay } from '../../format';

const MICROSECONDS_PER_MILLISECOND = 1000;
/** A recording shorter than this, in microseconds, is shown with tenths of a second. */
const SHORT = 10_000_000;

/**
 * Moments of a recording as time since its start or as time of day, as the
 * viewer wants.
 *
 * @param startedAt - ISO 8601
 * @param duration - of the recording, in microseconds
 */
export function useTimeFormat(startedAt: string, duration: number) {
  const isShort = duration < SHORT;
  const [isWallClock, setIsWallClock] = useState(false);
  const format = useCallback(
    /** @param time - microseconds since the recording's start */
    (time: number) => {
      const milliseconds = time / MICROSECONDS_PER_MILLISECOND;
      if (isWallClock) {
        return formatTimeOfDay(startedAt, milliseconds);
      }
      return isShort
        ? formatShortClock(milliseconds)
        : formatClock(milliseconds);
    },
    [isWallClock, isShort, startedAt],
  );
  return {
    isWallClock,
    format,
    toggle: () => setIsWallClock(isShown => !isShown),
  };
}
