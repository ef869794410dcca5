import { useTranslationRef } from '@backstage/core-plugin-api/alpha';
import type { TunnelAgentStatus } from 'backstage-plugin-kubernetes-audit-common';
import { useMemo } from 'react';
import { formatTimestamp } from '../../format';
import { kubernetesAuditTranslationRef } from '../../translations';
import type { AuditColumn } from '../AuditList';
import classes from './AgentsPage.module.css';
import { useJoinedColumns } from './useJoinedColumns';

type TunnelAgentRow = TunnelAgentStatus & { id: string };

/**
 * What is shown of tunnel agents.
 *
 * @param options.onRevoke - absent for who may not
 */
export function useTunnelAgentColumns(options: {
  onRevoke?: (agent: TunnelAgentStatus) => void;
}): AuditColumn<TunnelAgentRow>[] {
  const { onRevoke } = options;
  const { t } = useTranslationRef(kubernetesAuditTranslationRef);
  const { name, tags, clusters, revoke } = useJoinedColumns();
  return useMemo(
    () => [
      name,
      {
        id: 'state',
        label: t('agents.state'),
        text: ({ connections }) =>
          connections.length > 0
            ? t('agents.tunnelCount', { count: connections.length })
            : t('agents.away'),
        render: ({ connections }, text) => (
          <span
            className={classes.state}
            data-connected={connections.length > 0}
          >
            {text}
          </span>
        ),
      },
      ...(onRevoke
        ? [
            revoke<TunnelAgentRow>(
              agent => t('agents.revokeAgent', { name: agent.name }),
              onRevoke,
            ),
          ]
        : []),
      tags,
      clusters,
      {
        id: 'joinedAt',
        label: t('agents.joinedAt'),
        text: ({ joinedAt }) => formatTimestamp(joinedAt),
      },
    ],
    [t, name, tags, clusters, revoke, onRevoke],
  );
}
