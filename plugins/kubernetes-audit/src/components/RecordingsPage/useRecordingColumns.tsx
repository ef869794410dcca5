import { useTranslationRef } from '@backstage/core-plugin-api/alpha';
import PlayCircleOutlineIcon from '@material-ui/icons/PlayCircleOutline';
import type { Recording } from 'backstage-plugin-kubernetes-audit-common';
import { useMemo } from 'react';
import { Link } from 'react-router-dom';
import { formatClock, formatTimestamp } from '../../format';
import { kubernetesAuditTranslationRef } from '../../translations';
import type { AuditColumn } from '../AuditList';
import { StatusLabel } from './StatusLabel';
import classes from './useRecordingColumns.module.css';

/**
 * The columns of *Pod Session Recordings*, in its order, and how each session
 * went after them.
 *
 * @param searchFor - the `search` of the link that plays a recording
 */
export function useRecordingColumns(
  searchFor: (recordingId: string) => string,
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
          <Link
            className={classes.play}
            to={{ search: searchFor(recording.id) }}
          >
            <PlayCircleOutlineIcon fontSize="inherit" aria-hidden />
            {formatTimestamp(recording.startedAt)}
          </Link>
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
        id: 'duration',
        label: t('field.duration'),
        text: recording =>
          recording.durationMs === undefined
            ? undefined
            : formatClock(recording.durationMs),
        align: 'end',
      },
      {
        id: 'status',
        label: t('field.status'),
        text: recording =>
          recording.statusReason ?? t(`status.${recording.status}`),
        render: recording => <StatusLabel recording={recording} />,
      },
    ],
    [t, searchFor],
  );
}
