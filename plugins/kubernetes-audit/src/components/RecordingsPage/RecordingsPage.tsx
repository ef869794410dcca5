import { useTranslationRef } from '@backstage/core-plugin-api/alpha';
import { useCallback } from 'react';
import { useUrlItem } from '../../hooks';
import { DEFAULT_RECORDING_RANGE } from '../../query';
import { kubernetesAuditTranslationRef } from '../../translations';
import {
  AuditTable,
  AuditTableSkeleton,
  ConditionChips,
  describeRange,
  ListPage,
  ListToolbar,
  LoadError,
  PageNavigation,
  pageTotal,
} from '../AuditList';
import { RecordingPlayerDialog } from '../RecordingPlayer';
import { ColumnMenu } from './ColumnMenu';
import { NoRecordings } from './NoRecordings';
import { RecordingFilter } from './RecordingFilter';
import { useChosenColumns } from './useChosenColumns';
import { useRecordingColumns } from './useRecordingColumns';
import { useRecordings } from './useRecordings';

/** *Pod Session Recordings*: who opened a session, newest first, to be replayed. */
export function RecordingsPage() {
  const { t } = useTranslationRef(kubernetesAuditTranslationRef);
  const { query, update, list } = useRecordings();
  const { item, open, searchFor } = useUrlItem();
  const [chosenColumns, chooseColumn] = useChosenColumns();
  const columns = useRecordingColumns(
    useCallback(recording => searchFor({ recording }), [searchFor]),
    chosenColumns,
  );
  const page = list.value?.page;
  const total = pageTotal(page, shown => t('list.atLeast', { total: shown }));
  const allTime = { kind: DEFAULT_RECORDING_RANGE } as const;

  return (
    <ListPage>
      <ListToolbar
        searchLabel={t('recordings.search')}
        search={query.search}
        onSearch={search => update({ search }, { replace: true })}
        filter={<RecordingFilter query={query} onChange={update} />}
        settings={<ColumnMenu chosen={chosenColumns} onChoose={chooseColumn} />}
        total={total && t('recordings.total', total)}
        onRefresh={list.reload}
      />
      {query.range.kind !== DEFAULT_RECORDING_RANGE && (
        <ConditionChips
          conditions={[
            {
              field: t('field.actionAt'),
              values: [describeRange(query.range, t)],
              joinedBy: 'and',
              onRemove: () => update({ range: allTime }),
            },
          ]}
        />
      )}
      {list.error && (
        <LoadError
          error={list.error}
          denied={t('error.deniedRecordings')}
          onRetry={list.reload}
        />
      )}
      {!page && list.isLoading && (
        <AuditTableSkeleton label={t('recordings.table')} columns={columns} />
      )}
      {page && page.items.length === 0 && (
        <NoRecordings
          nothingRecorded={list.value?.nothingRecorded === true}
          onClear={() => update({ search: '', range: allTime })}
        />
      )}
      {page && page.items.length > 0 && (
        <AuditTable
          label={t('recordings.table')}
          columns={columns}
          rows={page.items}
          openId={item.recording}
          isReloading={list.isLoading}
          onOpen={({ id }) => open({ recording: id })}
        />
      )}
      {page && (
        <PageNavigation
          prevCursor={page.prevCursor}
          nextCursor={page.nextCursor}
          onNavigate={cursor => update({ cursor })}
        />
      )}
      {item.recording && (
        <RecordingPlayerDialog
          recordingId={item.recording}
          startAt={item.t}
          onClose={() => open({})}
        />
      )}
    </ListPage>
  );
}
