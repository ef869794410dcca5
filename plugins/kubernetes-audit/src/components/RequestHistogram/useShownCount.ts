import { useCountText } from '../../hooks';
import type { Counts } from './histogramSlots';

/** The results, in the order shown. */
export const RESULTS = ['success', 'failure'] as const;

/** Writes numbers of calls; what is not counted but expected is marked as about so many. */
export function useShownCount(): (
  counts: Counts,
  result: (typeof RESULTS)[number],
) => string {
  const countText = useCountText();
  return (counts, result) =>
    `${counts.isEstimated ? '≈ ' : ''}${countText(counts[result])}`;
}
