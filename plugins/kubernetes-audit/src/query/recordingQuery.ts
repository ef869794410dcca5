import type { DateTime } from 'luxon';
import type { RecordingFilter, RecordingListRequest } from '../api';
import {
  boundsOf,
  parseTimeRange,
  TimeRange,
  writeTimeRange,
} from './timeRange';

/** What *Pod Session Recordings* shows, as its URL says. */
export type RecordingQuery = {
  search: string;
  range: TimeRange;
  cursor?: string;
};

/** All recordings, as on opening. */
export const DEFAULT_RECORDING_RANGE = 'anyTime';

/** Reads the page's URL; what it does not know is ignored. */
export function parseRecordingQuery(params: URLSearchParams): RecordingQuery {
  return {
    search: params.get('search') ?? '',
    range: parseTimeRange(params, DEFAULT_RECORDING_RANGE),
    cursor: params.get('cursor') ?? undefined,
  };
}

/** Writes the query over the page's other parameters. */
export function writeRecordingQuery(
  params: URLSearchParams,
  query: RecordingQuery,
): URLSearchParams {
  const next = new URLSearchParams(params);
  for (const key of ['search', 'cursor'] as const) {
    const value = query[key];
    if (value) {
      next.set(key, value);
    } else {
      next.delete(key);
    }
  }
  writeTimeRange(next, query.range, DEFAULT_RECORDING_RANGE);
  return next;
}

/**
 * What to ask the portal for at `now`, whose zone is the viewer's.
 *
 * @param narrowing - what all recordings must meet
 */
export function toRecordingListRequest(
  query: RecordingQuery,
  now: DateTime,
  narrowing?: RecordingFilter,
): RecordingListRequest {
  return {
    filter: narrowing,
    search: query.search.trim() || undefined,
    cursor: query.cursor,
    ...boundsOf(query.range, now),
  };
}
