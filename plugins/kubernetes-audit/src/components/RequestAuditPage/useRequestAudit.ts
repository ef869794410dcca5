import { useApi } from '@backstage/core-plugin-api';
import { DateTime } from 'luxon';
import { useCallback } from 'react';
import {
  failureOf,
  kubernetesAuditApiRef,
  RequestAuditFilter,
} from '../../api';
import { UrlQueryCodec, useKeptValue, useLoad, useUrlQuery } from '../../hooks';
import {
  parseRequestAuditQuery,
  RequestAuditQuery,
  toListRequest,
  toSelection,
  UNFILTERED,
  writeRequestAuditQuery,
} from '../../query';
import { useListPage, useNewRows } from '../AuditList';
import type { HistogramOfRange } from '../RequestHistogram';

const CODEC: UrlQueryCodec<RequestAuditQuery> = {
  parse: parseRequestAuditQuery,
  write: writeRequestAuditQuery,
};

/**
 * What *Request Audit* shows: the query of the URL, and its page of events.
 *
 * @param narrowing - memoized: what all events must meet
 */
export function useRequestAudit(narrowing?: RequestAuditFilter) {
  const api = useApi(kubernetesAuditApiRef);
  const [query, update] = useUrlQuery(CODEC);

  // Opening an event changes the URL but not the list.
  const key = keyOf(query);
  const load = useCallback(
    (signal: AbortSignal) =>
      api.listEvents(
        // Made anew at each load, for today moves on.
        toListRequest(queryOf(key), DateTime.local(), narrowing),
        { signal },
      ),
    [api, key, narrowing],
  );
  const loadAny = useCallback(
    (signal: AbortSignal) => api.listEvents({ limit: 1 }, { signal }),
    [api],
  );
  const page = useListPage({
    load,
    // Whether there is any event outside says nothing of what it is narrowed to.
    loadAny: narrowing ? undefined : loadAny,
    cursor: query.cursor,
    onBeginning: useCallback(() => update({}, { replace: true }), [update]),
  });

  // Another page is of the same events, as is another order.
  const selectionKey = keyOf({ ...query, cursor: undefined, order: 'desc' });
  const chart = useLoad(
    useCallback(
      async (signal: AbortSignal): Promise<HistogramOfRange> => {
        const selection = toSelection(
          queryOf(selectionKey),
          DateTime.local(),
          narrowing,
        );
        const histogram = await api.getEventHistogram(selection, { signal });
        return { histogram, from: selection.from, to: selection.to };
      },
      [api, selectionKey, narrowing],
    ),
  );

  const rangeKey = keyOf({ ...UNFILTERED, order: 'desc', range: query.range });
  const delivery = useLoad(
    useCallback(
      (signal: AbortSignal) => {
        const { from, to } = toSelection(queryOf(rangeKey), DateTime.local());
        return api.getDelivery({ from, to }, { signal });
      },
      [api, rangeKey],
    ),
  );

  const { reload: reloadPage } = page;
  const { reload: reloadChart } = chart;
  const { reload: reloadDelivery } = delivery;
  const reload = useCallback(() => {
    reloadPage();
    reloadChart();
    reloadDelivery();
  }, [reloadPage, reloadChart, reloadDelivery]);
  const list = { ...page, reload };

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
    chart,
    delivery,
    // Neither over what may not be seen nor before there is anything.
    hasChart:
      !(list.error && failureOf(list.error).kind === 'denied') &&
      list.value?.nothingRecorded !== true,
    newRows,
    autoRefresh: autoRefresh === true,
    setAutoRefresh,
  };
}

/** What the query is told from others by. */
function keyOf(query: RequestAuditQuery): string {
  return writeRequestAuditQuery(new URLSearchParams(), query).toString();
}

/** The opposite of {@link keyOf}. */
function queryOf(key: string): RequestAuditQuery {
  return parseRequestAuditQuery(new URLSearchParams(key));
}
