import type { Page } from 'backstage-plugin-kubernetes-audit-common';

/** How many rows all pages have together, as far as the portal says. */
export function pageTotal(
  page: Page<unknown> | undefined,
  atLeast: (total: string) => string,
): { count: number; shown: string } | undefined {
  if (page?.totalItems === undefined) {
    return undefined;
  }
  const total = page.totalItems.toLocaleString();
  return {
    count: page.totalItems,
    shown: page.totalIsLowerBound ? atLeast(total) : total,
  };
}
