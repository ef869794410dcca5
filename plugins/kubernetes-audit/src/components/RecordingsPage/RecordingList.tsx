import { useTranslationRef } from '@backstage/core-plugin-api/alpha';
import { ReactNode, useCallback, useEffect } from 'react';
import type { RecordingFilter as Narrowing } from '../../api';
import { useUrlItem } from '../../hooks';
import { DEFAULT_RECORDING_RANGE } from '../../query';
import { kubernetesAuditTranslationRef } from '../../translations';
import {
  chosenColumns,
  ColumnMenu,
  ConditionChips,
  describeRange,
  ListBody,
  ListToolbar,
  useColumnChoice,
  usePageTotal,
} from '../AuditList';
import { prepareTerminal, RecordingPlayerDialog } from '../RecordingPlayer';
import { NoRecordings } from './NoRecordings';
import { RecordingFilter } from './RecordingFilter';
import { RECORDING_COLUMNS, useRecordingColumns } from './useRecordingColumns';
import { useRecordings } from './useRecordings';

/** Who opened a session, newest first, to be replayed. */
export function RecordingList(props: {
  /** Memoized: what all recordings must meet. */
  narrowing?: Narrowing;
  /** What is said of the narrowing where nothing is found. */
  hint?: ReactNode;
}) {
  const { t } = useTranslationRef(kubernetesAuditTranslationRef);
  const { query, update, list } = useRecordings(props.narrowing);
  const { item, open, searchFor } = useUrlItem();
  const choice = useColumnChoice('recordingColumns', RECORDING_COLUMNS);
  const allColumns = useRecordingColumns(
    useCallback(recording => searchFor({ recording }), [searchFor]),
    choice.shown.includes('status'),
  );
  const columns = chosenColumns(allColumns, choice);
  const page = list.value?.page;
  const total = usePageTotal(page);
  const isLoaded = list.value !== undefined;
  useEffect(() => {
    if (isLoaded) {
      // Whoever sees the list may open a recording: then it is there.
      prepareTerminal().catch(() => {});
    }
  }, [isLoaded]);
  const allTime = { kind: DEFAULT_RECORDING_RANGE } as const;

  return (
    <>
      <ListToolbar
        searchLabel={t('recordings.search')}
        search={query.search}
        onSearch={(search, options) => update({ search }, options)}
        filter={<RecordingFilter query={query} onChange={update} />}
        settings={<ColumnMenu columns={allColumns} choice={choice} />}
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
      <ListBody
        label={t('recordings.table')}
        list={list}
        columns={columns}
        openId={item.recording}
        denied={t('error.deniedRecordings')}
        empty={
          <NoRecordings
            hint={props.hint}
            isFiltered={
              query.search !== '' || query.range.kind !== allTime.kind
            }
            nothingRecorded={list.value?.nothingRecorded === true}
            onClear={() => update({ search: '', range: allTime })}
          />
        }
        onOpen={({ id }) => open({ recording: id })}
        onNavigate={cursor => update({ cursor })}
      />
      {item.recording && (
        <RecordingPlayerDialog
          recordingId={item.recording}
          startAt={item.t}
          onClose={() => open({})}
        />
      )}
    </>
  );
}
