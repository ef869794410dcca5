import type { FilterField, FilterTest } from '../../database';
import { LARGE_TERM_SET, TermSet } from '../rollup';
import { isCountedBy, TermKind } from '../terms';

/**
 * What an event must be, in the words of the store: the ids of terms, results
 * and spans of time, which the roll-up can judge, and tests of a row's columns,
 * which it can't.
 */
export type EventCondition =
  | { type: 'constant'; value: boolean }
  | { type: 'all'; conditions: EventCondition[] }
  | { type: 'any'; conditions: EventCondition[] }
  | { type: 'not'; condition: EventCondition }
  /** One of the terms; there is at least one. */
  | { type: 'terms'; kind: TermKind; ids: number[] }
  | { type: 'result'; failed: boolean }
  /** Milliseconds since 1970; `from` is included and `to` is not. */
  | { type: 'time'; from: number; to: number }
  | { type: 'session'; ids: string[] }
  | {
      type: 'row';
      field: FilterField;
      test: FilterTest;
      /** Of the rows, how many probably pass; undefined when nothing tells. */
      share?: number;
    };

/** All of the conditions, without what says nothing. */
export function allOf(conditions: EventCondition[]): EventCondition {
  const parts = conditions.flatMap(part =>
    part.type === 'all' ? part.conditions : [part],
  );
  if (parts.some(part => part.type === 'constant' && !part.value)) {
    return { type: 'constant', value: false };
  }
  const telling = parts.filter(part => part.type !== 'constant');
  if (telling.length === 0) {
    return { type: 'constant', value: true };
  }
  return telling.length === 1
    ? telling[0]
    : { type: 'all', conditions: telling };
}

/** Any of the conditions; terms of a kind become one. */
export function anyOf(conditions: EventCondition[]): EventCondition {
  const parts = conditions.flatMap(part =>
    part.type === 'any' ? part.conditions : [part],
  );
  if (parts.some(part => part.type === 'constant' && part.value)) {
    return { type: 'constant', value: true };
  }
  const telling: EventCondition[] = [];
  for (const part of parts.filter(({ type }) => type !== 'constant')) {
    const same = telling.findIndex(
      other =>
        other.type === 'terms' &&
        part.type === 'terms' &&
        other.kind === part.kind,
    );
    const other = telling[same];
    if (other?.type === 'terms' && part.type === 'terms') {
      const ids = [...new Set([...other.ids, ...part.ids])];
      telling[same] = { ...other, ids };
    } else {
      telling.push(part);
    }
  }
  if (telling.length === 0) {
    return { type: 'constant', value: false };
  }
  return telling.length === 1
    ? telling[0]
    : { type: 'any', conditions: telling };
}

export function not(condition: EventCondition): EventCondition {
  switch (condition.type) {
    case 'constant':
      return { type: 'constant', value: !condition.value };
    case 'not':
      return condition.condition;
    case 'result':
      return { type: 'result', failed: !condition.failed };
    default:
      return { type: 'not', condition };
  }
}

/** The terms of a condition that are counted by buckets of so many hours, as its parts have them. */
export function termSetsOf(
  condition: EventCondition,
  hours: number,
): TermSet[] {
  switch (condition.type) {
    case 'all':
    case 'any':
      return condition.conditions.flatMap(part => termSetsOf(part, hours));
    case 'not':
      return termSetsOf(condition.condition, hours);
    case 'terms': {
      const { kind, ids } = condition;
      return isCountedBy(kind, hours)
        ? [{ ids, isLarge: ids.length > LARGE_TERM_SET }]
        : [];
    }
    default:
      return [];
  }
}

/** The span of time outside of which no event can be one of the condition's. */
export function boundsOf(condition: EventCondition): {
  from: number;
  to: number;
} {
  const unbounded = { from: -Infinity, to: Infinity };
  switch (condition.type) {
    case 'time':
      return condition;
    case 'all':
      return condition.conditions.map(boundsOf).reduce(
        (a, b) => ({
          from: Math.max(a.from, b.from),
          to: Math.min(a.to, b.to),
        }),
        unbounded,
      );
    case 'any': {
      const bounds = condition.conditions.map(boundsOf);
      return {
        from: Math.min(...bounds.map(({ from }) => from)),
        to: Math.max(...bounds.map(({ to }) => to)),
      };
    }
    default:
      return unbounded;
  }
}

/** Whether few events can match, whatever the roll-up says: those of some sessions. */
export function isOfSessions(condition: EventCondition): boolean {
  switch (condition.type) {
    case 'session':
      return true;
    case 'all':
      return condition.conditions.some(isOfSessions);
    case 'any':
      return condition.conditions.every(isOfSessions);
    default:
      return false;
  }
}

/** Whether a part of the condition is told by the rows alone, so that none of them can be passed over. */
export function judgesRows(condition: EventCondition): boolean {
  switch (condition.type) {
    case 'row':
      return true;
    case 'all':
    case 'any':
      return condition.conditions.some(judgesRows);
    case 'not':
      return judgesRows(condition.condition);
    default:
      return false;
  }
}
