import {
  KUBERNETES_VERBS,
  NAMED_RESOURCES,
  OTHER_RESOURCES,
} from 'backstage-plugin-kubernetes-audit-common';
import type { DateTime } from 'luxon';
import type { RequestAuditFilter, RequestAuditListRequest } from '../api';
import {
  boundsOf,
  parseTimeRange,
  TimeRange,
  writeTimeRange,
} from './timeRange';

/** The resources that the filter offers, in its order. */
export const FILTER_RESOURCES: readonly string[] = [
  ...Object.keys(NAMED_RESOURCES),
  OTHER_RESOURCES,
];

/** How conditions combine: AND or OR. */
export type Match = 'all' | 'any';

/** What *Request Audit* shows, as its URL says. */
export type RequestAuditQuery = {
  search: string;
  verbs: string[];
  resources: string[];
  match: Match;
  range: TimeRange;
  cursor?: string;
};

/** The current day, as on opening. */
export const DEFAULT_RANGE = 'today';

/** Reads the page's URL; what it does not know is ignored. */
export function parseRequestAuditQuery(
  params: URLSearchParams,
): RequestAuditQuery {
  return {
    search: params.get('search') ?? '',
    verbs: KUBERNETES_VERBS.filter(verb =>
      params.getAll('verb').includes(verb),
    ),
    resources: FILTER_RESOURCES.filter(resource =>
      params.getAll('resource').includes(resource),
    ),
    match: params.get('match') === 'any' ? 'any' : 'all',
    range: parseTimeRange(params, DEFAULT_RANGE),
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
  set('verb', query.verbs);
  set('resource', query.resources);
  set('match', [query.match === 'any' ? 'any' : undefined]);
  set('cursor', [query.cursor]);
  writeTimeRange(next, query.range, DEFAULT_RANGE);
  return next;
}

/**
 * Whether *Executed At* is one of the conditions that OR joins. The day that
 * the page opens with always bounds it; a range that was chosen does so under
 * AND only.
 */
export function rangeIsAlternative(query: RequestAuditQuery): boolean {
  return (
    query.match === 'any' &&
    query.range.kind !== DEFAULT_RANGE &&
    query.range.kind !== 'anyTime' &&
    query.verbs.length + query.resources.length > 0
  );
}

/** Whether anything but the day that the page opens with narrows the list. */
export function isFiltered(query: RequestAuditQuery): boolean {
  return (
    query.search !== '' ||
    query.verbs.length > 0 ||
    query.resources.length > 0 ||
    query.range.kind !== DEFAULT_RANGE
  );
}

/** What to ask the portal for at `now`, whose zone is the viewer's. */
export function toListRequest(
  query: RequestAuditQuery,
  now: DateTime,
): RequestAuditListRequest {
  const { from, to } = boundsOf(query.range, now);
  const conditions: RequestAuditFilter[] = [];
  if (query.verbs.length > 0) {
    conditions.push({ verb: oneOf(query.verbs) });
  }
  if (query.resources.length > 0) {
    conditions.push(resourceCondition(query.resources));
  }
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
    filter: combine(query.match, conditions),
    ...(!asAlternative && { from, to }),
  };
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

function oneOf(values: string[]): string | { $in: string[] } {
  return values.length === 1 ? values[0] : { $in: values };
}

function resourceCondition(resources: string[]): RequestAuditFilter {
  const named = resources.filter(resource => resource !== OTHER_RESOURCES);
  if (named.length === resources.length || named.length === 0) {
    return { resource: oneOf(resources) };
  }
  return {
    $any: [{ resource: oneOf(named) }, { resource: OTHER_RESOURCES }],
  };
}
