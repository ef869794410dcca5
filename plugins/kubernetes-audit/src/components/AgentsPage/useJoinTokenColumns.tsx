import { useTranslationRef } from '@backstage/core-plugin-api/alpha';
import { Button } from '@backstage/ui';
import {
  formatTunnelTags,
  PendingJoinToken,
} from 'backstage-plugin-kubernetes-audit-common';
import { useMemo } from 'react';
import { formatTimestamp } from '../../format';
import { kubernetesAuditTranslationRef } from '../../translations';
import type { AuditColumn } from '../AuditList';

/** What is shown of join tokens that wait for an agent. */
export function useJoinTokenColumns(options: {
  onRevoke: (token: PendingJoinToken) => void;
}): AuditColumn<PendingJoinToken>[] {
  const { onRevoke } = options;
  const { t } = useTranslationRef(kubernetesAuditTranslationRef);
  return useMemo(
    () => [
      {
        id: 'name',
        label: t('agents.name'),
        text: ({ name }) => name,
        maxCharacters: 32,
      },
      {
        id: 'expiresAt',
        label: t('join.expiresAt'),
        text: ({ expiresAt }) => formatTimestamp(expiresAt),
      },
      {
        id: 'revoke',
        label: t('agents.action'),
        text: () => t('agents.revoke'),
        render: (token, text) => (
          <Button
            size="small"
            variant="secondary"
            aria-label={t('join.revokeToken', { name: token.name })}
            onPress={() => onRevoke(token)}
          >
            {text}
          </Button>
        ),
      },
      {
        id: 'tags',
        label: t('agents.tags'),
        text: ({ tags }) => formatTunnelTags(tags),
        maxCharacters: 32,
      },
      {
        id: 'clusters',
        label: t('agents.mayReach'),
        text: ({ clusters }) => clusters.join(', '),
        maxCharacters: 32,
      },
      {
        id: 'createdBy',
        label: t('join.createdBy'),
        text: ({ createdBy }) => createdBy,
        maxCharacters: 32,
      },
    ],
    [t, onRevoke],
  );
}
