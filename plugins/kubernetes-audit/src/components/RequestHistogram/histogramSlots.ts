import type { RequestAuditHistogram } from 'backstage-plugin-kubernetes-audit-common';

/** A histogram and the range that it was asked for: ISO 8601, open where absent. */
export type HistogramOfRange = {
  histogram: RequestAuditHistogram;
  from?: string;
  to?: string;
};

/** Calls by result; estimated ones are what is to be expected. */
export type Counts = {
  success: number;
  failure: number;
  isEstimated: boolean;
};

/** A span of time, in milliseconds since 1970; `to` is not included. */
export type Span = { from: number; to: number };

/** A bar, or the place of one that has no calls. */
export type Slot = Span & Counts;

/** The places of all bars, one beside the other. */
export type Slots = Span & {
  widthMs: number;
  slots: Slot[];
  /** Calls of the highest bar. */
  highest: number;
  total: Counts;
};

/** Places of the bars at the most: a portal sends far fewer. */
const MAX_SLOTS = 2000;

/**
 * The places of a histogram's bars over its whole range: over its bars where
 * the range is open. Undefined where there are neither.
 */
export function slotsOf({
  histogram,
  from: rangeFrom,
  to: rangeTo,
}: HistogramOfRange): Slots | undefined {
  const { widthMs, items } = histogram;
  const bars = new Map(items.map(bar => [Date.parse(bar.from), bar]));
  const starts = [...bars.keys()];
  const from = rangeFrom ? Date.parse(rangeFrom) : Math.min(...starts);
  const to = rangeTo ? Date.parse(rangeTo) : Math.max(...starts) + widthMs;
  if (!(from < to && to - from <= MAX_SLOTS * widthMs)) {
    return undefined;
  }
  const slots: Slot[] = [];
  // Bars begin at multiples of their width, the range begins where it likes.
  for (
    let start = Math.floor(from / widthMs) * widthMs;
    start < to;
    start += widthMs
  ) {
    const bar = bars.get(start);
    slots.push({
      from: Math.max(start, from),
      to: Math.min(start + widthMs, to),
      success: bar?.success ?? 0,
      failure: bar?.failure ?? 0,
      isEstimated: bar?.isEstimated ?? false,
    });
  }
  return {
    from,
    to,
    widthMs,
    slots,
    highest: Math.max(...slots.map(callsOf)),
    total: sumOf(slots),
  };
}

/** All calls, whatever their result. */
export function callsOf({ success, failure }: Counts): number {
  return success + failure;
}

/** What bars have together. */
export function sumOf(parts: readonly Counts[]): Counts {
  const sum = { success: 0, failure: 0, isEstimated: false };
  for (const part of parts) {
    sum.success += part.success;
    sum.failure += part.failure;
    sum.isEstimated ||= part.isEstimated;
  }
  return sum;
}
