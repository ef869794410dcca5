import type { Page } from 'backstage-plugin-kubernetes-audit-common';
import { useEffect, useState } from 'react';

/** How often the portal is asked for newer rows, in milliseconds. */
export const NEW_ROWS_INTERVAL = 15_000;

/** Rows that are not on the page yet; at least so many. */
export type NewRows = { count: number; isLowerBound: boolean };

const NONE: NewRows = { count: 0, isLowerBound: false };

/**
 * Counts what has been added since the first page was loaded, without showing
 * it: the rows must not move while they are read.
 *
 * @param load - memoized: the first page, newest first
 * @param shown - the page as it is shown; undefined asks for nothing
 */
export function useNewRows<TItem extends { id: string }>(
  load: (signal: AbortSignal) => Promise<Page<TItem>>,
  shown: Page<TItem> | undefined,
): NewRows {
  const [newRows, setNewRows] = useState(NONE);

  useEffect(() => {
    setNewRows(NONE);
    if (!shown) {
      return undefined;
    }
    const known = new Set(shown.items.map(({ id }) => id));
    const abort = new AbortController();
    const count = async () => {
      const page = await load(abort.signal);
      const added = page.items.filter(({ id }) => !known.has(id)).length;
      if (!abort.signal.aborted) {
        setNewRows({
          count: added,
          isLowerBound:
            added === page.items.length && page.nextCursor !== undefined,
        });
      }
    };
    const timer = setInterval(() => {
      // Nobody reads a page in the background.
      if (!document.hidden) {
        // The next time may tell, as will a refresh by hand.
        count().catch(() => {});
      }
    }, NEW_ROWS_INTERVAL);
    return () => {
      abort.abort();
      clearInterval(timer);
    };
  }, [load, shown]);

  return newRows;
}
