import { useTranslationRef } from '@backstage/core-plugin-api/alpha';
import { useCallback } from 'react';
import { useUrlItem } from '../../hooks';
import { kubernetesAuditTranslationRef } from '../../translations';
import {
  AuditTable,
  AuditTableSkeleton,
  ConditionChips,
  ListPage,
  ListToolbar,
  LoadError,
  PageNavigation,
  pageTotal,
} from '../AuditList';
import { RecordingPlayerDialog } from '../RecordingPlayer';
import { RequestAuditDetails } from '../RequestAuditDetails';
import { NoRequests } from './NoRequests';
import { requestConditions } from './requestConditions';
import { RequestFilter } from './RequestFilter';
import { useRequestAudit } from './useRequestAudit';
import { useRequestColumns } from './useRequestColumns';

/** *Request Audit*: what was called on which cluster, newest first. */
export function RequestAuditPage() {
  const { t } = useTranslationRef(kubernetesAuditTranslationRef);
  const { query, update, list } = useRequestAudit();
  const { item, open, searchFor } = useUrlItem();
  const columns = useRequestColumns(
    useCallback(event => searchFor({ event }), [searchFor]),
  );
  const page = list.value?.page;
  const total = pageTotal(page, shown => t('list.atLeast', { total: shown }));

  return (
    <ListPage>
      <ListToolbar
        searchLabel={t('requests.search')}
        search={query.search}
        onSearch={search => update({ search }, { replace: true })}
        filter={<RequestFilter query={query} onChange={update} />}
        total={total && t('requests.total', total)}
        onRefresh={list.reload}
      />
      <ConditionChips conditions={requestConditions(query, update, t)} />
      {list.error && (
        <LoadError
          error={list.error}
          denied={t('error.deniedRequests')}
          onRetry={list.reload}
        />
      )}
      {!page && list.isLoading && (
        <AuditTableSkeleton label={t('requests.table')} columns={columns} />
      )}
      {page && page.items.length === 0 && (
        <NoRequests
          query={query}
          nothingRecorded={list.value?.nothingRecorded === true}
          onChange={update}
        />
      )}
      {page && page.items.length > 0 && (
        <AuditTable
          label={t('requests.table')}
          columns={columns}
          rows={page.items}
          openId={item.event}
          isReloading={list.isLoading}
          onOpen={({ id }) => open({ event: id })}
        />
      )}
      {page && (
        <PageNavigation
          prevCursor={page.prevCursor}
          nextCursor={page.nextCursor}
          onNavigate={cursor => update({ cursor })}
        />
      )}
      <RequestAuditDetails
        eventId={item.event}
        recordingSearch={recording =>
          searchFor({ event: item.event, recording })
        }
        onClose={() => open({})}
      />
      {item.recording && (
        <RecordingPlayerDialog
          recordingId={item.recording}
          startAt={item.t}
          onClose={() => open({ event: item.event })}
        />
      )}
    </ListPage>
  );
}
