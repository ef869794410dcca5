import type { Bucket, Count } from '../rollup';
import { isCountedBy } from '../terms';
import type { EventCondition } from './EventCondition';

/** The share of rows that a test, of which the roll-up knows nothing, is taken to let through. */
const UNKNOWN_SHARE = 0.1;

/** The share of rows that a term is taken to have which the roll-up does not count. */
const UNCOUNTED_SHARE = 0.002;

/** How many events of a bucket match, as far as the roll-up tells. */
export type Estimate = {
  /** At least. */
  lower: Count;
  /** At most. */
  upper: Count;
  /** Probably, as if the parts of the condition had nothing to do with each other. */
  expected: number;
  /** Rows that an index over terms would give. */
  candidates: number;
};

/**
 * Judges a condition by the counts of its terms.
 *
 * @param bucket - of which all terms of the condition have been read
 */
export function estimate(condition: EventCondition, bucket: Bucket): Estimate {
  const { all } = bucket;
  const none = { n: 0, failed: 0 };
  const unknown = (share: number): Estimate => ({
    lower: none,
    upper: all,
    expected: all.n * share,
    candidates: all.n,
  });
  const exactly = (count: Count, candidates: number = all.n): Estimate => ({
    lower: count,
    upper: count,
    expected: count.n,
    candidates,
  });
  switch (condition.type) {
    case 'constant':
      return condition.value ? exactly(all) : exactly(none, 0);
    case 'all':
      return joinAll(condition.conditions, bucket);
    case 'any': {
      const parts = condition.conditions.map(part => estimate(part, bucket));
      const missing = parts.reduce(
        (share, { expected }) => share * (1 - expected / all.n),
        1,
      );
      return {
        lower: each(
          parts.map(({ lower }) => lower),
          Math.max,
        ),
        upper: least(sum(parts.map(({ upper }) => upper)), all),
        expected: all.n * (1 - missing),
        candidates: Math.min(
          all.n,
          parts.reduce((total, { candidates }) => total + candidates, 0),
        ),
      };
    }
    case 'not': {
      const { lower, upper, expected } = estimate(condition.condition, bucket);
      return {
        lower: minus(all, upper),
        upper: minus(all, lower),
        expected: all.n - expected,
        candidates: all.n,
      };
    }
    case 'terms': {
      const { ids, kind } = condition;
      if (!isCountedBy(kind, bucket.hours)) {
        const expected = all.n * Math.min(1, ids.length * UNCOUNTED_SHARE);
        return { lower: none, upper: all, expected, candidates: expected };
      }
      const total =
        bucket.sets.get(ids) ??
        sum(ids.flatMap(id => bucket.terms.get(id) ?? []));
      // An event may be of several groups, and is one event even so.
      return kind === 'group' && ids.length > 1
        ? {
            lower: none,
            upper: least(total, all),
            expected: Math.min(total.n, all.n),
            candidates: Math.min(total.n, all.n),
          }
        : exactly(total, total.n);
    }
    case 'result':
      return exactly(
        condition.failed
          ? { n: all.failed, failed: all.failed }
          : { n: all.n - all.failed, failed: 0 },
      );
    case 'time': {
      const { from, to } = condition;
      if (from <= bucket.from && bucket.to <= to) {
        return exactly(all);
      }
      const overlap = Math.min(to, bucket.to) - Math.max(from, bucket.from);
      return overlap <= 0
        ? exactly(none, 0)
        : unknown(overlap / (bucket.to - bucket.from));
    }
    case 'session':
      return unknown(1e-3);
    default:
      return unknown(condition.share ?? UNKNOWN_SHARE);
  }
}

function joinAll(conditions: EventCondition[], bucket: Bucket): Estimate {
  const { all } = bucket;
  // Results cut what the others let through, which the roll-up knows of each term.
  const results = conditions.flatMap(part =>
    part.type === 'result' ? part.failed : [],
  );
  const parts = conditions
    .filter(({ type }) => type !== 'result')
    .map(part => estimate(part, bucket));
  // All of them but at most one let everything through: then that one is the answer.
  const telling = parts.filter(({ lower }) => lower.n < all.n);
  const share = telling.reduce(
    (product, { expected }) => product * (expected / all.n),
    1,
  );
  const lowerOfOne = telling.length === 0 ? all : telling[0].lower;
  const joined: Estimate = {
    lower: telling.length > 1 ? { n: 0, failed: 0 } : lowerOfOne,
    upper: telling.reduce((count, { upper }) => least(count, upper), all),
    expected: all.n * share,
    candidates: Math.min(all.n, ...parts.map(({ candidates }) => candidates)),
  };
  return results.reduce(
    (result, failed) => cutByResult(result, failed, all),
    joined,
  );
}

function cutByResult(
  { lower, upper, expected, candidates }: Estimate,
  failed: boolean,
  all: Count,
): Estimate {
  const failures = all.n === 0 ? 0 : all.failed / all.n;
  const isExact = lower.n === upper.n && lower.failed === upper.failed;
  const cut = (count: Count) =>
    failed
      ? { n: count.failed, failed: count.failed }
      : { n: count.n - count.failed, failed: 0 };
  if (isExact) {
    const count = cut(upper);
    return { lower: count, upper: count, expected: count.n, candidates };
  }
  return {
    lower: { n: 0, failed: 0 },
    upper: failed
      ? cut(upper)
      : { n: Math.min(upper.n, all.n - all.failed), failed: 0 },
    expected: expected * (failed ? failures : 1 - failures),
    candidates,
  };
}

function each(counts: Count[], pick: (...values: number[]) => number): Count {
  return {
    n: pick(0, ...counts.map(({ n }) => n)),
    failed: pick(0, ...counts.map(({ failed }) => failed)),
  };
}

function sum(counts: Count[]): Count {
  return {
    n: counts.reduce((total, { n }) => total + n, 0),
    failed: counts.reduce((total, { failed }) => total + failed, 0),
  };
}

function least(a: Count, b: Count): Count {
  return { n: Math.min(a.n, b.n), failed: Math.min(a.failed, b.failed) };
}

function minus(a: Count, b: Count): Count {
  return { n: a.n - b.n, failed: a.failed - b.failed };
}
