import type { Page } from 'backstage-plugin-kubernetes-audit-common';
import { useCallback, useEffect } from 'react';
import { Loaded, useLoad } from '../../hooks';

/** A page, and whether the portal has no row at all. */
export type ListResult<TItem> = {
  page: Page<TItem>;
  nothingRecorded: boolean;
  /** What the page was found by; absent for the first one. */
  cursor?: string;
};

/**
 * Loads a page. When it is empty, asks once more without any condition, to
 * tell a list that nothing matches from one that nothing was recorded in.
 *
 * @param options.load - memoized by the caller: the page at the cursor
 * @param options.loadAny - memoized: any one row; absent where that is not asked
 * @param options.onBeginning - memoized: what the cursor leads to is the
 *   beginning of the list, be it a part of its first page or, on another day,
 *   nothing at all
 */
export function useListPage<TItem>(options: {
  load: (signal: AbortSignal) => Promise<Page<TItem>>;
  loadAny: ((signal: AbortSignal) => Promise<Page<TItem>>) | undefined;
  cursor: string | undefined;
  onBeginning: () => void;
}): Loaded<ListResult<TItem>> {
  const { load, loadAny, cursor, onBeginning } = options;
  const list = useLoad(
    useCallback(
      async (signal: AbortSignal): Promise<ListResult<TItem>> => {
        const page = await load(signal);
        if (!loadAny || page.items.length > 0 || cursor !== undefined) {
          return { page, nothingRecorded: false, cursor };
        }
        const any = await loadAny(signal);
        return { page, nothingRecorded: any.items.length === 0 };
      },
      [load, loadAny, cursor],
    ),
  );

  const { value } = list;
  const isBeginning =
    cursor !== undefined && value?.cursor === cursor && !value.page.prevCursor;
  useEffect(() => {
    if (isBeginning) {
      onBeginning();
    }
  }, [isBeginning, onBeginning]);
  return list;
}
