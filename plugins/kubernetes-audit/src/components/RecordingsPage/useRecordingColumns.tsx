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

/** The columns of *Pod Session Recordings* in its order, then those to be had beside them. */
export const RECORDING_COLUMNS = [
  { id: 'number' },
  { id: 'actionAt', isFixed: true },
  { id: 'name' },
  { id: 'email' },
  { id: 'clusterName' },
  { id: 'role' },
  { id: 'clientIp' },
  { id: 'clientName' },
  { id: 'connectedFrom' },
  { id: 'status', isOptional: true },
  { id: 'duration', isOptional: true },
  { id: 'size', isOptional: true },
  { id: 'pod', isOptional: true },
  { id: 'command', isOptional: true },
];

/** Statuses that a list does not keep to itself when it has no column for them. */
const NOTEWORTHY: RecordingStatus[] = ['recording', 'truncated', 'failed'];

/**
 * How each of {@link RECORDING_COLUMNS} is shown.
 *
 * @param searchFor - the `search` of the link that plays a recording
 * @param hasStatus - whether the status has a column of its own
 */
export function useRecordingColumns(
  searchFor: (recordingId: string) => string,
  hasStatus: boolean,
): AuditColumn<Recording>[] {
  const { t } = useTranslationRef(kubernetesAuditTranslationRef);
  return useMemo(
    () => [
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
      {
        id: 'status',
        label: t('field.status'),
        text: recording =>
          recording.statusReason ?? t(`status.${recording.status}`),
        render: recording => <StatusLabel recording={recording} />,
      },
      {
        id: 'duration',
        label: t('field.duration'),
        text: recording =>
          recording.durationMs === undefined
            ? undefined
            : formatClock(recording.durationMs),
        align: 'end',
      },
      {
        id: 'size',
        label: t('field.size'),
        text: recording => formatBytes(recording.sizeBytes),
        align: 'end',
      },
      {
        id: 'pod',
        label: t('field.pod'),
        text: recording =>
          [recording.namespace, recording.podName, recording.container]
            .filter(Boolean)
            .join(' / '),
        maxCharacters: 44,
      },
      {
        id: 'command',
        label: t('field.command'),
        text: recording => recording.command.join(' '),
        maxCharacters: 44,
      },
    ],
    [t, searchFor, hasStatus],
  );
}
