import { useApi } from '@backstage/core-plugin-api';
import { DateTime } from 'luxon';
import { useCallback } from 'react';
import { kubernetesAuditApiRef } from '../../api';
import { UrlQueryCodec, useKeptValue, useUrlQuery } from '../../hooks';
import {
  parseRequestAuditQuery,
  RequestAuditQuery,
  toListRequest,
  writeRequestAuditQuery,
} from '../../query';
import { useListPage, useNewRows } from '../AuditList';

const CODEC: UrlQueryCodec<RequestAuditQuery> = {
  parse: parseRequestAuditQuery,
  write: writeRequestAuditQuery,
};

/** What *Request Audit* shows: the query of the URL, and its page of events. */
export function useRequestAudit() {
  const api = useApi(kubernetesAuditApiRef);
  const [query, update] = useUrlQuery(CODEC);

  // Opening an event changes the URL but not the list.
  const key = writeRequestAuditQuery(new URLSearchParams(), query).toString();
  const load = useCallback(
    (signal: AbortSignal) =>
      api.listEvents(
        // Made anew at each load, for today moves on.
        toListRequest(
          parseRequestAuditQuery(new URLSearchParams(key)),
          DateTime.local(),
        ),
        { signal },
      ),
    [api, key],
  );
  const loadAny = useCallback(
    (signal: AbortSignal) => api.listEvents({ limit: 1 }, { signal }),
    [api],
  );
  const list = useListPage(load, loadAny);

  const [autoRefresh, setAutoRefresh] = useKeptValue('requestAutoRefresh');
  // New rows come first only where the newest are.
  const followsNew =
    autoRefresh === true &&
    !query.cursor &&
    query.order === 'desc' &&
    !list.isLoading;
  const newRows = useNewRows(load, followsNew ? list.value?.page : undefined);

  return {
    query,
    update,
    list,
    newRows,
    autoRefresh: autoRefresh === true,
    setAutoRefresh,
  };
}
