import { useTranslationRef } from '@backstage/core-plugin-api/alpha';
import PlayCircleOutlineIcon from '@material-ui/icons/PlayCircleOutline';
import type {
  Recording,
  RecordingStatus,
} from 'backstage-plugin-kubernetes-audit-common';
import { useMemo } from 'react';
import { Link } from 'react-router-dom';
import { formatBytes, formatClock, formatTimestamp } from '../../format';
import { kubernetesAuditTranslationRef } from '../../translations';
import type { AuditColumn } from '../AuditList';
import { StatusLabel } from './StatusLabel';
import classes from './useRecordingColumns.module.css';

/** Columns that a viewer can have beside those of every list, in their order. */
export const OPTIONAL_COLUMNS = [
  'status',
  'duration',
  'size',
  'pod',
  'command',
] as const;

/** A column that a viewer can have. */
export type OptionalColumn = (typeof OPTIONAL_COLUMNS)[number];

/** Statuses that a list does not keep to itself when it has no column for them. */
const NOTEWORTHY: RecordingStatus[] = ['recording', 'truncated', 'failed'];

/**
 * The columns of *Pod Session Recordings*, in its order, and those that the
 * viewer has chosen after them.
 *
 * @param searchFor - the `search` of the link that plays a recording
 */
export function useRecordingColumns(
  searchFor: (recordingId: string) => string,
  chosen: readonly OptionalColumn[],
): AuditColumn<Recording>[] {
  const { t } = useTranslationRef(kubernetesAuditTranslationRef);
  const hasStatus = chosen.includes('status');
  const always = useMemo(
    (): AuditColumn<Recording>[] => [
      {
        id: 'number',
        label: t('field.number'),
        text: recording => String(recording.number),
        align: 'end',
      },
      {
        id: 'actionAt',
        label: t('field.actionAt'),
        text: recording => recording.startedAt,
        render: recording => (
          <>
            <Link
              className={classes.play}
              to={{ search: searchFor(recording.id) }}
            >
              <PlayCircleOutlineIcon fontSize="inherit" aria-hidden />
              {formatTimestamp(recording.startedAt)}
            </Link>
            {!hasStatus && NOTEWORTHY.includes(recording.status) && (
              <span className={classes.badge}>
                <StatusLabel recording={recording} />
              </span>
            )}
          </>
        ),
      },
      {
        id: 'name',
        label: t('field.name'),
        text: recording => recording.userName,
        maxCharacters: 28,
      },
      {
        id: 'email',
        label: t('field.email'),
        text: recording => recording.userEmail,
        maxCharacters: 32,
      },
      {
        id: 'clusterName',
        label: t('field.clusterName'),
        text: recording => recording.clusterName,
        maxCharacters: 28,
      },
      {
        id: 'role',
        label: t('field.role'),
        text: recording => recording.role,
        maxCharacters: 28,
      },
      {
        id: 'clientIp',
        label: t('field.clientIp'),
        text: recording => recording.clientIp,
      },
      {
        id: 'clientName',
        label: t('field.clientName'),
        text: recording => recording.clientName,
        maxCharacters: 32,
      },
      {
        id: 'connectedFrom',
        label: t('field.connectedFrom'),
        text: recording => recording.connectedFrom,
      },
    ],
    [t, searchFor, hasStatus],
  );
  const optional = useMemo(
    (): Record<OptionalColumn, AuditColumn<Recording>> => ({
      status: {
        id: 'status',
        label: t('field.status'),
        text: recording =>
          recording.statusReason ?? t(`status.${recording.status}`),
        render: recording => <StatusLabel recording={recording} />,
      },
      duration: {
        id: 'duration',
        label: t('field.duration'),
        text: recording =>
          recording.durationMs === undefined
            ? undefined
            : formatClock(recording.durationMs),
        align: 'end',
      },
      size: {
        id: 'size',
        label: t('field.size'),
        text: recording => formatBytes(recording.sizeBytes),
        align: 'end',
      },
      pod: {
        id: 'pod',
        label: t('field.pod'),
        text: recording =>
          [recording.namespace, recording.podName, recording.container]
            .filter(Boolean)
            .join(' / '),
        maxCharacters: 44,
      },
      command: {
        id: 'command',
        label: t('field.command'),
        text: recording => recording.command.join(' '),
        maxCharacters: 44,
      },
    }),
    [t],
  );
  return useMemo(
    () => [
      ...always,
      ...OPTIONAL_COLUMNS.filter(id => chosen.includes(id)).map(
        id => optional[id],
      ),
    ],
    [always, optional, chosen],
  );
}
