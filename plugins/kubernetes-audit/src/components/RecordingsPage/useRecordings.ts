import { useApi } from '@backstage/core-plugin-api';
import { DateTime } from 'luxon';
import { useCallback } from 'react';
import { kubernetesAuditApiRef, RecordingFilter } from '../../api';
import { UrlQueryCodec, useUrlQuery } from '../../hooks';
import {
  parseRecordingQuery,
  RecordingQuery,
  toRecordingListRequest,
  writeRecordingQuery,
} from '../../query';
import { useListPage } from '../AuditList';

const CODEC: UrlQueryCodec<RecordingQuery> = {
  parse: parseRecordingQuery,
  write: writeRecordingQuery,
};

/**
 * What *Pod Session Recordings* shows: the query of the URL, and its page.
 *
 * @param narrowing - memoized: what all recordings must meet
 */
export function useRecordings(narrowing?: RecordingFilter) {
  const api = useApi(kubernetesAuditApiRef);
  const [query, update] = useUrlQuery(CODEC);

  // Opening a recording changes the URL but not the list.
  const key = writeRecordingQuery(new URLSearchParams(), query).toString();
  const load = useCallback(
    (signal: AbortSignal) =>
      api.listRecordings(
        toRecordingListRequest(
          parseRecordingQuery(new URLSearchParams(key)),
          DateTime.local(),
          narrowing,
        ),
        { signal },
      ),
    [api, key, narrowing],
  );
  const loadAny = useCallback(
    (signal: AbortSignal) => api.listRecordings({ limit: 1 }, { signal }),
    [api],
  );

  const list = useListPage({
    load,
    loadAny: narrowing ? undefined : loadAny,
    cursor: query.cursor,
    onBeginning: useCallback(() => update({}, { replace: true }), [update]),
  });
  return { query, update, list };
}
