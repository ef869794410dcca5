import type { Page } from 'backstage-plugin-kubernetes-audit-common';
import { useCountText } from '../../hooks';

/** How many rows all pages have together, as far as the portal says. */
export function usePageTotal(
  page: Page<unknown> | undefined,
): { count: number; shown: string } | undefined {
  const countText = useCountText();
  return page?.totalItems === undefined
    ? undefined
    : {
        count: page.totalItems,
        shown: countText(page.totalItems, page.totalIsLowerBound),
      };
}
