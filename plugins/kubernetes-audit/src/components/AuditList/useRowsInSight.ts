import { RefObject, useEffect } from 'react';

/**
 * Other rows are read from the first one on, and the row that is open is to be
 * seen when what lies over the list is closed. The same rows stay where they are.
 */
export function useRowsInSight(
  scroller: RefObject<HTMLElement>,
  { firstId, openId }: { firstId?: string; openId?: string },
): void {
  useEffect(() => {
    if (scroller.current) {
      scroller.current.scrollTop = 0;
    }
  }, [scroller, firstId]);

  useEffect(() => {
    const row = scroller.current?.querySelector('[data-open]');
    // Browsers have it; where tests run there is nothing to scroll.
    row?.scrollIntoView?.({ block: 'nearest' });
  }, [scroller, firstId, openId]);
}
