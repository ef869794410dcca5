import { useCallback } from 'react';
import { useSearchParams } from 'react-router-dom';

/** Parameters that name what is open over a page. */
const ITEM_PARAMS = ['event', 'recording', 't', 'deadLetters'] as const;

/** What is open over a page. */
export type UrlItem = Partial<Record<(typeof ITEM_PARAMS)[number], string>>;

/** What is open over the page, as its URL says, and how to open another. */
export function useUrlItem() {
  const [params, setParams] = useSearchParams();

  const open = useCallback(
    (item: UrlItem, options?: { replace?: boolean }) =>
      setParams(previous => withItem(previous, item), options),
    [setParams],
  );

  const item: UrlItem = Object.fromEntries(
    ITEM_PARAMS.flatMap(name => {
      const value = params.get(name);
      return value ? [[name, value]] : [];
    }),
  );
  /** The `search` of a link that opens the item over the same list. */
  const searchFor = useCallback(
    (next: UrlItem) => `?${withItem(params, next)}`,
    [params],
  );

  return { item, open, searchFor };
}

function withItem(params: URLSearchParams, item: UrlItem): URLSearchParams {
  const next = new URLSearchParams(params);
  for (const name of ITEM_PARAMS) {
    const value = item[name];
    if (value) {
      next.set(name, value);
    } else {
      next.delete(name);
    }
  }
  return next;
}
