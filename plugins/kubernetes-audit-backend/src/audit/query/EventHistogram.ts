import type { Knex } from 'knex';
import type {
  RequestAuditHistogram,
  RequestAuditHistogramBar,
} from 'backstage-plugin-kubernetes-audit-common';
import type { EventTables } from '../EventTables';
import { Bucket, BUCKET_MS, RollUp } from '../rollup';
import { HOURS_PER_DAY } from '../terms';
import { EventCondition, termSetsOf } from './EventCondition';
import { estimate } from './estimate';
import type { Span } from './EventWalk';

const MINUTE_MS = 60_000;
const DAY_MS = HOURS_PER_DAY * BUCKET_MS;
/** How wide a bar may be, in milliseconds. */
const WIDTHS = [
  MINUTE_MS,
  5 * MINUTE_MS,
  15 * MINUTE_MS,
  BUCKET_MS,
  3 * BUCKET_MS,
  6 * BUCKET_MS,
  DAY_MS,
  7 * DAY_MS,
  28 * DAY_MS,
];
/** Bars at the most. */
const MAX_BARS = 120;
/** Rows that are looked at for all bars together; beyond it they are estimated. */
const MAX_ROWS = 100_000;

type Bars = Map<number, RequestAuditHistogramBar>;

/** Counts events by time and result: from the roll-up where that knows, else from the rows of a few hours. */
export class EventHistogram {
  static create(options: {
    knex: Knex;
    tables: EventTables;
    rollUp: RollUp;
    maxRows?: number;
  }): EventHistogram {
    const { knex, tables, rollUp, maxRows = MAX_ROWS } = options;
    return new EventHistogram(knex, tables, rollUp, maxRows);
  }

  private constructor(
    private readonly knex: Knex,
    private readonly tables: EventTables,
    private readonly rollUp: RollUp,
    private readonly maxRows: number,
  ) {}

  /**
   * @param visible - the part of the condition that says which events are there
   *   for whoever asks: beyond it, not even an estimate tells of an event
   */
  async read(
    condition: EventCondition,
    asked: Span,
    visible?: EventCondition,
  ): Promise<RequestAuditHistogram> {
    const extent = await this.rollUp.extent();
    const span = {
      from: Math.max(asked.from, extent?.from ?? 0),
      to: Math.min(asked.to, extent?.to ?? 0),
    };
    const widthMs = widthOf(boundedSpan(asked, span));
    const bars: Bars = new Map();
    if (span.from < span.to) {
      await this.#count(condition, span, widthMs, bars, visible);
    }
    return {
      widthMs,
      items: [...bars.values()].sort((a, b) => (a.from < b.from ? -1 : 1)),
    };
  }

  async #count(
    condition: EventCondition,
    span: Span,
    widthMs: number,
    bars: Bars,
    visible: EventCondition | undefined,
  ): Promise<void> {
    const hours = widthMs >= DAY_MS ? HOURS_PER_DAY : 1;
    const buckets = await this.rollUp.read(
      span,
      hours,
      [condition, ...(visible ? [visible] : [])].flatMap(part =>
        termSetsOf(part, hours),
      ),
    );
    const visibleIn = (bucket: Bucket) =>
      visible ? estimate(visible, bucket).expected : 0;
    const sample = { visible: 0, success: 0, failure: 0 };
    let rows = 0;
    // The newest are looked at first: those are asked about most.
    for (const bucket of [...buckets].reverse()) {
      const judged = estimate(condition, bucket);
      const { lower, upper } = judged;
      const isWhole =
        span.from <= bucket.from &&
        bucket.to <= span.to &&
        widthMs >= bucket.to - bucket.from;
      const cost = Math.min(judged.candidates, bucket.all.n);
      if (upper.n === 0) {
        // Nothing in there.
      } else if (
        isWhole &&
        lower.n === upper.n &&
        lower.failed === upper.failed
      ) {
        addTo(bars, bucket.from, widthMs, {
          failure: upper.failed,
          success: upper.n - upper.failed,
        });
      } else if (rows + cost <= this.maxRows || (visible && rows === 0)) {
        rows += cost;
        const part = {
          from: Math.max(bucket.from, span.from),
          to: Math.min(bucket.to, span.to),
        };
        const found = await this.#countRows(
          condition,
          part,
          cost * 4 < bucket.all.n ? 'indexed' : 'ordered',
          widthMs,
          bars,
        );
        sample.visible +=
          visibleIn(bucket) *
          ((part.to - part.from) / (bucket.to - bucket.from));
        sample.success += found.success;
        sample.failure += found.failure;
      } else if (visible) {
        // As many of those that may be seen as of those that were looked at.
        const share = visibleIn(bucket) / (sample.visible || Infinity);
        const success = Math.round(sample.success * share);
        const failure = Math.round(sample.failure * share);
        if (success + failure > 0) {
          addTo(bars, bucket.from, widthMs, {
            success,
            failure,
            isEstimated: true,
          });
        }
      } else {
        const failed = bucket.all.failed / bucket.all.n;
        addTo(bars, bucket.from, widthMs, {
          failure: Math.round(judged.expected * failed),
          success: Math.round(judged.expected * (1 - failed)),
          isEstimated: true,
        });
      }
    }
  }

  async #countRows(
    condition: EventCondition,
    span: Span,
    access: 'indexed' | 'ordered',
    widthMs: number,
    bars: Bars,
  ): Promise<{ success: number; failure: number }> {
    const step = Math.min(widthMs, BUCKET_MS);
    const first = Math.floor(span.from / step) * step;
    const counts = await this.tables.histogram(
      this.knex,
      { condition, access, ...span },
      { first, widthMs: step },
    );
    const total = { success: 0, failure: 0 };
    for (const { slot, failed, n } of counts) {
      const found = { failure: failed ? n : 0, success: failed ? 0 : n };
      addTo(bars, first + slot * step, widthMs, found);
      total.success += found.success;
      total.failure += found.failure;
    }
    return total;
  }
}

/** What bars have to cover: what is asked for, as far as it has ends. */
function boundedSpan(asked: Span, span: Span): Span {
  return {
    from: Number.isFinite(asked.from) ? asked.from : span.from,
    to: Number.isFinite(asked.to) ? asked.to : span.to,
  };
}

function widthOf({ from, to }: Span): number {
  return (
    WIDTHS.find(width => (to - from) / width <= MAX_BARS) ??
    Math.ceil((to - from) / MAX_BARS / DAY_MS) * DAY_MS
  );
}

function addTo(
  bars: Bars,
  time: number,
  widthMs: number,
  counts: Omit<RequestAuditHistogramBar, 'from'>,
): void {
  const start = Math.floor(time / widthMs) * widthMs;
  const bar = bars.get(start) ?? {
    from: new Date(start).toISOString(),
    success: 0,
    failure: 0,
  };
  bar.success += counts.success;
  bar.failure += counts.failure;
  if (counts.isEstimated) {
    bar.isEstimated = true;
  }
  bars.set(start, bar);
}
