import type { Page } from 'backstage-plugin-kubernetes-audit-common';
import { useCallback } from 'react';
import { Loaded, useLoad } from '../../hooks';

/** A page, and whether the portal has no row at all. */
export type ListResult<TItem> = {
  page: Page<TItem>;
  nothingRecorded: boolean;
};

/**
 * Loads a page. When it is empty, asks once more without any condition, to
 * tell a list that nothing matches from one that nothing was recorded in.
 *
 * @param load - memoized by the caller
 * @param loadAny - memoized: any one row; absent where that is not asked
 */
export function useListPage<TItem>(
  load: (signal: AbortSignal) => Promise<Page<TItem>>,
  loadAny: ((signal: AbortSignal) => Promise<Page<TItem>>) | undefined,
): Loaded<ListResult<TItem>> {
  return useLoad(
    useCallback(
      async (signal: AbortSignal) => {
        const page = await load(signal);
        if (!loadAny || page.items.length > 0 || page.prevCursor) {
          return { page, nothingRecorded: false };
        }
        const any = await loadAny(signal);
        return { page, nothingRecorded: any.items.length === 0 };
      },
      [load, loadAny],
    ),
  );
}
