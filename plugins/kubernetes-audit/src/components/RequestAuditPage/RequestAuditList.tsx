import { useTranslationRef } from '@backstage/core-plugin-api/alpha';
import { DateTime } from 'luxon';
import { ReactNode, useCallback } from 'react';
import type { RequestAuditFilter } from '../../api';
import { useUrlItem } from '../../hooks';
import {
  pinnedAt,
  RequestAuditQuery,
  writeRequestAuditQuery,
  zoomedTo,
} from '../../query';
import { kubernetesAuditTranslationRef } from '../../translations';
import {
  AutoRefreshButton,
  chosenColumns,
  ColumnMenu,
  ConditionChips,
  ListBody,
  ListToolbar,
  NewRowsButton,
  useColumnChoice,
  usePageTotal,
} from '../AuditList';
import { DeadLetters, NEWEST_DEAD_LETTERS } from '../DeadLetters';
import { DeliveryNotices, gapNotes } from '../DeliveryNotices';
import { RecordingPlayerDialog } from '../RecordingPlayer';
import { RequestAuditDetails } from '../RequestAuditDetails';
import { RequestHistogram } from '../RequestHistogram';
import { ExportMenu } from './ExportMenu';
import { NoRequests } from './NoRequests';
import classes from './RequestAuditList.module.css';
import { requestConditions } from './requestConditions';
import { RequestFilter } from './RequestFilter';
import { useEventSteps } from './useEventSteps';
import { useRequestAudit } from './useRequestAudit';
import { REQUEST_COLUMNS, useRequestColumns } from './useRequestColumns';

/** What was called on which cluster, newest first, with all that is asked of it. */
export function RequestAuditList(props: {
  /** Memoized: what all requests must meet, whatever the query says. */
  narrowing?: RequestAuditFilter;
  /** What is said of the narrowing where nothing is found. */
  hint?: ReactNode;
}) {
  const { narrowing, hint } = props;
  const { t } = useTranslationRef(kubernetesAuditTranslationRef);
  const audit = useRequestAudit(narrowing);
  const { query, update, list } = audit;
  const { item, open, searchFor } = useUrlItem();
  const choice = useColumnChoice('requestColumns', REQUEST_COLUMNS);
  const eventSearch = useCallback(
    (event: string) => searchFor({ event }),
    [searchFor],
  );
  const columns = useRequestColumns(eventSearch);
  const page = list.value?.page;
  const steps = useEventSteps({
    eventId: item.event,
    page,
    // Back leads to the list, not through all that was looked at.
    onShow: event => open({ event }, { replace: true }),
    onTurn: cursor => update({ cursor }, { replace: true }),
  });
  const total = usePageTotal(page);

  return (
    <>
      <ListToolbar
        searchLabel={t('requests.search')}
        search={query.search}
        onSearch={(search, options) => update({ search }, options)}
        filter={
          <RequestFilter
            query={query}
            rows={page?.items ?? []}
            onChange={update}
          />
        }
        settings={
          <>
            <ExportMenu query={query} narrowing={narrowing} />
            <ColumnMenu columns={columns} choice={choice} />
            <AutoRefreshButton
              isOn={audit.autoRefresh}
              onChange={audit.setAutoRefresh}
            />
          </>
        }
        total={total && t('requests.total', total)}
        onRefresh={list.reload}
      />
      <div className={classes.conditions}>
        <ConditionChips conditions={requestConditions(query, update, t)} />
        <DeliveryNotices
          delivery={audit.delivery}
          onShowDeadLetters={() => open({ deadLetters: NEWEST_DEAD_LETTERS })}
        />
      </div>
      {audit.hasChart && (
        <RequestHistogram
          chart={audit.chart}
          onZoom={bounds => update(zoomedTo(bounds))}
        />
      )}
      <NewRowsButton newRows={audit.newRows} onShow={list.reload} />
      <ListBody
        label={t('requests.table')}
        list={list}
        columns={chosenColumns(columns, choice)}
        notes={
          page && gapNotes(audit.delivery.value?.gaps ?? [], page, query.order)
        }
        sort={{
          columnId: 'executedAt',
          direction: query.order === 'asc' ? 'ascending' : 'descending',
          onReverse: () =>
            update({ order: query.order === 'asc' ? 'desc' : 'asc' }),
        }}
        openId={item.event}
        denied={t('error.deniedRequests')}
        empty={
          <NoRequests
            query={query}
            hint={hint}
            nothingRecorded={list.value?.nothingRecorded === true}
            onChange={update}
          />
        }
        onOpen={({ id }) => open({ event: id })}
        onNavigate={cursor => update({ cursor })}
      />
      <RequestAuditDetails
        eventId={item.event}
        link={linkTo(searchFor({ event: item.event }), query)}
        eventSearch={eventSearch}
        recordingSearch={recording =>
          searchFor({ event: item.event, recording })
        }
        {...steps}
        onClose={() => open({})}
      />
      <DeadLetters
        page={item.deadLetters}
        onNavigate={deadLetters => open({ deadLetters })}
        onClose={() => open({})}
      />
      {item.recording && (
        <RecordingPlayerDialog
          recordingId={item.recording}
          startAt={item.t}
          onClose={() => open({ event: item.event })}
        />
      )}
    </>
  );
}

/** An address that shows the same tomorrow, and in other time zones. */
function linkTo(search: string, query: RequestAuditQuery): string {
  const { origin, pathname } = window.location;
  const params = writeRequestAuditQuery(
    new URLSearchParams(search),
    pinnedAt(query, DateTime.local()),
  );
  return `${origin}${pathname}?${params}`;
}
