import { useTranslationRef } from '@backstage/core-plugin-api/alpha';
import type { PendingJoinToken } from 'backstage-plugin-kubernetes-audit-common';
import { useMemo } from 'react';
import { formatTimestamp } from '../../format';
import { kubernetesAuditTranslationRef } from '../../translations';
import type { AuditColumn } from '../AuditList';
import { useJoinedColumns } from './useJoinedColumns';

/** What is shown of join tokens that wait for an agent. */
export function useJoinTokenColumns(options: {
  onRevoke: (token: PendingJoinToken) => void;
}): AuditColumn<PendingJoinToken>[] {
  const { onRevoke } = options;
  const { t } = useTranslationRef(kubernetesAuditTranslationRef);
  const { name, tags, clusters, revoke } = useJoinedColumns();
  return useMemo(
    () => [
      name,
      {
        id: 'expiresAt',
        label: t('join.expiresAt'),
        text: ({ expiresAt }) => formatTimestamp(expiresAt),
      },
      revoke(token => t('join.revokeToken', { name: token.name }), onRevoke),
      tags,
      clusters,
      {
        id: 'createdBy',
        label: t('join.createdBy'),
        text: ({ createdBy }) => createdBy,
        maxCharacters: 32,
      },
    ],
    [t, name, tags, clusters, revoke, onRevoke],
  );
}
