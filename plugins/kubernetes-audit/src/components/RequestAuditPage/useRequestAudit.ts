import { useApi } from '@backstage/core-plugin-api';
import { DateTime } from 'luxon';
import { useCallback } from 'react';
import { kubernetesAuditApiRef } from '../../api';
import { UrlQueryCodec, useUrlQuery } from '../../hooks';
import {
  parseRequestAuditQuery,
  RequestAuditQuery,
  toListRequest,
  writeRequestAuditQuery,
} from '../../query';
import { useListPage } from '../AuditList';

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

  return { query, update, list: useListPage(load, loadAny) };
}
