import { Bucket, BucketReader, Count, TermSet } from '../rollup';
import { HOURS_PER_DAY } from '../terms';
import type { EventAccess } from '../EventTables';
import { EventCondition, isOfSessions, termSetsOf } from './EventCondition';
import { estimate } from './estimate';

const DAY_MS = HOURS_PER_DAY * 3600_000;
/** The roll-up is read for so many days at first, and then for more and more: a page is mostly full by then … */
const PAGE_WINDOW_MS = 8 * DAY_MS;
/** … and a total mostly known to be beyond counting. */
const TOTAL_WINDOW_MS = 92 * DAY_MS;
/** Of many terms the roll-up has much to say. */
const LARGE_SET_WINDOW_MS = 2 * DAY_MS;
const WINDOW_GROWTH = 4;

/** How much work one step may be. */
export type WalkBudgets = {
  /** Rows that are judged in order, in the first steps … */
  orderedRows: number;
  /** … and in the last ones, where nothing is found. */
  mostOrderedRows: number;
  /** Rows that the indexes over terms find for a page … */
  candidates: number;
  /** … and for a total, which needs them all: each statement has to be planned over the partitions. */
  countedCandidates: number;
  /** A day with more rows is looked at by the hour. */
  refinedRows: number;
  /** So few rows are read in order, whatever else there is. */
  trivialRows: number;
};

/** A page stays within a few dozens of milliseconds by these. */
export const WALK_BUDGETS: WalkBudgets = {
  orderedRows: 80_000,
  mostOrderedRows: 1_000_000,
  candidates: 20_000,
  countedCandidates: 100_000,
  refinedRows: 20_000,
  trivialRows: 2_000,
};

/** SQLite has the event loop for as long as a step takes. */
export const SQLITE_WALK_BUDGETS: WalkBudgets = {
  ...WALK_BUDGETS,
  orderedRows: 20_000,
  mostOrderedRows: 20_000,
  countedCandidates: 20_000,
};

/** An index's row costs as much as so many that are read in order. */
const CANDIDATE_COST = 4;
/** How many more are expected of a group than are wanted, so that one is enough. */
const MARGIN = 1.3;

/** A span of time in milliseconds; `from` is included and `to` is not. */
export type Span = { from: number; to: number };

/** What is to be done next of a walk. */
export type WalkStep = Span & {
  access: EventAccess;
  /** What the roll-up says, to the event or more than is wanted; then nothing has to be looked for. */
  exact?: Count;
};

/** A bucket that events of the condition may be in. */
type Candidate = Span & {
  isDay: boolean;
  /** Rows, with those of the impossible buckets on the way to it. */
  rows: number;
  expected: number;
  candidates: number;
  /** So many match for sure. */
  atLeast: number;
  exact?: Count;
};

/**
 * Leads the search for events through time: from bucket to bucket of the
 * roll-up where some can be, each time by what is cheaper. A value that was
 * frequent long ago costs no more than one of today, since nothing in between
 * is read.
 */
export class EventWalk {
  static create(options: {
    rollUp: BucketReader;
    budgets?: WalkBudgets;
  }): EventWalk {
    return new EventWalk(options.rollUp, options.budgets ?? WALK_BUDGETS);
  }

  private constructor(
    private readonly rollUp: BucketReader,
    private readonly budgets: WalkBudgets,
  ) {}

  /**
   * The steps, in the order of time that is asked for; `next` takes how many
   * events a step has found. The walk ends with the span: stop it before when
   * there are enough.
   *
   * @param options.wanted - how many events are looked for
   * @param options.exact - whether what the roll-up knows exactly is a step of its own
   */
  async *steps(
    condition: EventCondition,
    span: Span,
    options: { ascending: boolean; wanted: number; exact: boolean },
  ): AsyncGenerator<WalkStep, void, number> {
    if (condition.type === 'constant' && !condition.value) {
      return;
    }
    const extent = await this.rollUp.extent();
    if (!extent) {
      return;
    }
    const from = Math.max(span.from, extent.from);
    const to = Math.min(span.to, extent.to);
    if (isOfSessions(condition)) {
      yield { from, to, access: 'indexed' };
      return;
    }
    let wanted = options.wanted;
    // How much the parts of the condition have to do with each other: learnt on the way.
    let found = 1;
    let expected = 1;
    let judged = 0;
    const firstWindowMs = firstWindowOf(
      termSetsOf(condition, HOURS_PER_DAY),
      options.exact,
    );
    for (const window of windowsOf(
      { from, to },
      options.ascending,
      firstWindowMs,
    )) {
      let queue = await this.#candidates(condition, window, span, {
        ...options,
        hours: HOURS_PER_DAY,
      });
      const atLeast = total(queue, bucket => bucket.atLeast);
      if (options.exact && atLeast >= wanted) {
        const count = { n: atLeast, failed: 0 };
        yield { ...window, access: 'ordered', exact: count };
        return;
      }
      while (queue.length > 0) {
        const step = this.#choose(queue, {
          wanted,
          ratio: found / expected,
          judged,
          isTotal: options.exact,
        });
        if (step === 'refine') {
          const [day, ...rest] = queue;
          const hours = await this.#candidates(condition, day, span, {
            ...options,
            hours: 1,
          });
          queue = [...hours, ...rest];
          continue;
        }
        const group = queue.slice(0, step.size);
        queue = queue.slice(step.size);
        const more = yield {
          from: Math.min(...group.map(bucket => bucket.from)),
          to: Math.max(...group.map(bucket => bucket.to)),
          access: step.access,
          exact: group[0].exact,
        };
        wanted -= more;
        found += more;
        expected += total(group, bucket => bucket.expected);
        judged += total(group, bucket => bucket.rows);
      }
    }
  }

  #choose(
    queue: readonly Candidate[],
    options: {
      wanted: number;
      /** How many were found of those expected. */
      ratio: number;
      judged: number;
      isTotal: boolean;
    },
  ): { access: EventAccess; size: number } | 'refine' {
    const [first] = queue;
    if (first.exact) {
      return { access: 'ordered', size: 1 };
    }
    const { wanted, ratio, judged, isTotal } = options;
    const { refinedRows } = this.budgets;
    const candidates = isTotal
      ? this.budgets.countedCandidates
      : this.budgets.candidates;
    // What no index can find is read in order, in larger and larger parts.
    const orderedRows = Math.min(
      Math.max(this.budgets.orderedRows, judged),
      this.budgets.mostOrderedRows,
    );
    const enough = wanted * MARGIN;
    const inOrder = take(
      queue,
      group => group.expected * ratio >= enough || group.rows >= orderedRows,
    );
    const share = Math.min(1, enough / (inOrder.expected * ratio || 1e-9));
    const costInOrder = inOrder.rows * share;
    const costByIndex = inOrder.candidates * CANDIDATE_COST;
    const canRefine = first.isDay && first.rows > refinedRows;
    if (costInOrder <= Math.max(costByIndex, this.budgets.trivialRows)) {
      return canRefine && costInOrder > this.budgets.trivialRows
        ? 'refine'
        : { access: 'ordered', size: inOrder.size };
    }
    if (canRefine && first.candidates > candidates) {
      return 'refine';
    }
    const byIndex = take(
      queue,
      group =>
        group.expected * ratio >= enough || group.candidates >= candidates,
    );
    return { access: 'indexed', size: byIndex.size };
  }

  async #candidates(
    condition: EventCondition,
    window: Span,
    span: Span,
    options: { ascending: boolean; exact: boolean; hours: number },
  ): Promise<Candidate[]> {
    const read = await this.rollUp.read(
      window,
      options.hours,
      termSetsOf(condition, options.hours),
    );
    // A copy, since who reads next gets the same.
    const buckets = options.ascending ? read : [...read].reverse();
    const candidates: Candidate[] = [];
    let skipped = 0;
    for (const bucket of buckets) {
      const candidate = judge(condition, bucket, {
        from: Math.max(window.from, span.from),
        to: Math.min(window.to, span.to),
      });
      if (candidate) {
        candidates.push({
          ...candidate,
          isDay: options.hours > 1,
          rows: candidate.rows + (candidates.length > 0 ? skipped : 0),
          exact: options.exact ? candidate.exact : undefined,
        });
        skipped = 0;
      } else {
        skipped += bucket.all.n;
      }
    }
    return candidates;
  }
}

/** The part of a bucket that is in the span; undefined when nothing in it can match. */
function judge(
  condition: EventCondition,
  bucket: Bucket,
  span: Span,
): Omit<Candidate, 'isDay'> | undefined {
  const from = Math.max(bucket.from, span.from);
  const to = Math.min(bucket.to, span.to);
  const { lower, upper, expected, candidates } = estimate(condition, bucket);
  if (upper.n === 0 || from >= to) {
    return undefined;
  }
  const share = (to - from) / (bucket.to - bucket.from);
  return {
    from,
    to,
    rows: Math.ceil(bucket.all.n * share),
    expected: expected * share,
    candidates: candidates * share,
    atLeast: share === 1 ? lower.n : 0,
    exact:
      share === 1 && lower.n === upper.n && lower.failed === upper.failed
        ? upper
        : undefined,
  };
}

/** The first buckets until the group is enough, or the next one is known exactly. */
function take(
  queue: readonly Candidate[],
  isEnough: (group: {
    expected: number;
    rows: number;
    candidates: number;
  }) => boolean,
) {
  const group = { expected: 0, rows: 0, candidates: 0, size: 0 };
  for (const bucket of queue) {
    if (bucket.exact || (group.size > 0 && isEnough(group))) {
      break;
    }
    group.expected += bucket.expected;
    group.rows += bucket.rows;
    group.candidates += bucket.candidates;
    group.size++;
  }
  return group;
}

function firstWindowOf(terms: TermSet[], isTotal: boolean): number {
  if (terms.some(({ isLarge }) => isLarge)) {
    return LARGE_SET_WINDOW_MS;
  }
  return isTotal ? TOTAL_WINDOW_MS : PAGE_WINDOW_MS;
}

function* windowsOf(
  { from, to }: Span,
  ascending: boolean,
  firstWidth: number,
): Generator<Span> {
  let width = firstWidth;
  // Windows meet where days do, or a day would be read twice.
  const align = (time: number) => Math.floor(time / DAY_MS) * DAY_MS;
  if (ascending) {
    for (let start = from; start < to; width *= WINDOW_GROWTH) {
      const end = Math.min(to, align(start) + width);
      yield { from: start, to: end };
      start = end;
    }
  } else {
    for (let end = to; end > from; width *= WINDOW_GROWTH) {
      const start = Math.max(from, align(end) - width);
      yield { from: start, to: end };
      end = start;
    }
  }
}

function total(
  group: readonly Candidate[],
  of: (bucket: Candidate) => number,
): number {
  return group.reduce((sum, bucket) => sum + of(bucket), 0);
}
