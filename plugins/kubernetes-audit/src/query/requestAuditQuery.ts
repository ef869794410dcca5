import type { DateTime } from 'luxon';
import type {
  RequestAuditFilter,
  RequestAuditListRequest,
  RequestAuditSelection,
} from '../api';
import {
  activeConditions,
  Conditions,
  FILTER_FIELDS,
  parseConditions,
  toFilter,
} from './filterFields';
import { narrowed } from './scopeFilter';
import {
  boundsOf,
  parseTimeRange,
  TimeRange,
  writeTimeRange,
} from './timeRange';

/** How conditions combine: AND or OR. */
export type Match = 'all' | 'any';

/** What *Request Audit* shows, as its URL says. */
export type RequestAuditQuery = {
  search: string;
  conditions: Conditions;
  match: Match;
  range: TimeRange;
  /** The range bounds the list under OR too: it was chosen in the histogram. */
  isBounded?: boolean;
  /** Newest first, or oldest first. */
  order: 'desc' | 'asc';
  cursor?: string;
};

/** The current day, as on opening. */
export const DEFAULT_RANGE = 'today';

/** What narrows the list on opening. */
export const UNFILTERED = {
  search: '',
  conditions: {},
  match: 'all',
  range: { kind: DEFAULT_RANGE },
} as const satisfies Partial<RequestAuditQuery>;

/** Reads the page's URL; what it does not know is ignored. */
export function parseRequestAuditQuery(
  params: URLSearchParams,
): RequestAuditQuery {
  return {
    search: params.get('search') ?? '',
    conditions: parseConditions(params),
    match: params.get('match') === 'any' ? 'any' : 'all',
    range: parseTimeRange(params, DEFAULT_RANGE),
    isBounded: params.has('bounded') || undefined,
    order: params.get('order') === 'asc' ? 'asc' : 'desc',
    cursor: params.get('cursor') ?? undefined,
  };
}

/** Writes the query over the page's other parameters. */
export function writeRequestAuditQuery(
  params: URLSearchParams,
  query: RequestAuditQuery,
): URLSearchParams {
  const next = new URLSearchParams(params);
  const set = (key: string, values: Array<string | undefined>) => {
    next.delete(key);
    values
      .filter((value): value is string => Boolean(value))
      .forEach(value => next.append(key, value));
  };
  set('search', [query.search]);
  FILTER_FIELDS.forEach(field => set(field, query.conditions[field] ?? []));
  set('match', [query.match === 'any' ? 'any' : undefined]);
  set('bounded', [isBound(query) ? 'true' : undefined]);
  set('order', [query.order === 'asc' ? 'asc' : undefined]);
  set('cursor', [query.cursor]);
  writeTimeRange(next, query.range, DEFAULT_RANGE);
  return next;
}

/**
 * Whether *Executed At* is one of the conditions that OR joins. The day that
 * the page opens with always bounds it, as does what the histogram was zoomed
 * to; another range that was chosen does so under AND only.
 */
export function rangeIsAlternative(query: RequestAuditQuery): boolean {
  return (
    query.match === 'any' &&
    query.range.kind !== DEFAULT_RANGE &&
    query.range.kind !== 'anyTime' &&
    !isBound(query) &&
    activeConditions(query.conditions).length > 0
  );
}

/** Without anything that OR joins there is nothing to be said of it. */
function isBound({ match, range, isBounded }: RequestAuditQuery): boolean {
  return isBounded === true && match === 'any' && range.kind === 'custom';
}

/** The list between two instants, whatever AND or OR joins. */
export function zoomedTo(bounds: {
  from: string;
  to: string;
}): Pick<RequestAuditQuery, 'range' | 'isBounded'> {
  return { range: { kind: 'custom', ...bounds }, isBounded: true };
}

/** The query of a link: the days that it means to the viewer are the same for everybody. */
export function pinnedAt(
  query: RequestAuditQuery,
  now: DateTime,
): RequestAuditQuery {
  const { range } = query;
  return range.kind === 'custom' || range.kind === 'anyTime'
    ? query
    : {
        ...query,
        range: { kind: 'custom', ...boundsOf(range, now) },
        isBounded: !rangeIsAlternative(query),
      };
}

/** Whether anything but the day that the page opens with narrows the list. */
export function isFiltered(query: RequestAuditQuery): boolean {
  return (
    query.search !== '' ||
    activeConditions(query.conditions).length > 0 ||
    query.range.kind !== DEFAULT_RANGE
  );
}

/**
 * What to ask the portal for at `now`, whose zone is the viewer's.
 *
 * @param narrowing - what all events must meet, whatever the query says
 */
export function toListRequest(
  query: RequestAuditQuery,
  now: DateTime,
  narrowing?: RequestAuditFilter,
): RequestAuditListRequest {
  const { from, to } = boundsOf(query.range, now);
  const conditions = activeConditions(query.conditions).map(
    ({ field, values }) => toFilter(field, values),
  );
  const asAlternative = rangeIsAlternative(query);
  if (asAlternative) {
    conditions.push({
      executedAt: {
        ...(from && { $gte: from }),
        ...(to && { $lt: to }),
      },
    });
  }
  return {
    search: query.search.trim() || undefined,
    cursor: query.cursor,
    // The portal's own order needs no word.
    order: query.order === 'asc' ? 'asc' : undefined,
    filter: narrowed(narrowing, combine(query.match, conditions)),
    ...(!asAlternative && { from, to }),
  };
}

/** Which events are meant at `now`, on all pages. */
export function toSelection(
  query: RequestAuditQuery,
  now: DateTime,
  narrowing?: RequestAuditFilter,
): RequestAuditSelection {
  const { search, filter, from, to } = toListRequest(query, now, narrowing);
  return { search, filter, from, to };
}

function combine(
  match: Match,
  conditions: RequestAuditFilter[],
): RequestAuditFilter | undefined {
  if (conditions.length < 2) {
    return conditions[0];
  }
  return match === 'any' ? { $any: conditions } : { $all: conditions };
}
