import { callsOf, Counts } from './histogramSlots';

/** The results, in the order shown. */
export const RESULTS = ['success', 'failure'] as const;

/** A number of calls; what is not counted but expected is marked as about so many. */
export function shownCount(
  counts: Counts,
  result?: (typeof RESULTS)[number],
): string {
  const count = result ? counts[result] : callsOf(counts);
  return `${counts.isEstimated ? '≈ ' : ''}${count.toLocaleString()}`;
}
