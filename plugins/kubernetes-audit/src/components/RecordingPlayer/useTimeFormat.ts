import { useCallback, useState } from 'react';
import { formatClock, formatTimeOfDay } from '../../format';

const MICROSECONDS_PER_MILLISECOND = 1000;

/**
 * Moments of a recording as time since its start or as time of day, as the
 * viewer wants.
 *
 * @param startedAt - ISO 8601
 */
export function useTimeFormat(startedAt: string) {
  const [isWallClock, setIsWallClock] = useState(false);
  const format = useCallback(
    /** @param time - microseconds since the recording's start */
    (time: number) => {
      const milliseconds = time / MICROSECONDS_PER_MILLISECOND;
      return isWallClock
        ? formatTimeOfDay(startedAt, milliseconds)
        : formatClock(milliseconds);
    },
    [isWallClock, startedAt],
  );
  return {
    isWallClock,
    format,
    toggle: () => setIsWallClock(isShown => !isShown),
  };
}
