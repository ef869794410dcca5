import { useTranslationRef } from '@backstage/core-plugin-api/alpha';
import type { TunnelAgentStatus } from 'backstage-plugin-kubernetes-audit-common';
import { useMemo } from 'react';
import { formatTimestamp } from '../../format';
import { kubernetesAuditTranslationRef } from '../../translations';
import type { AuditColumn } from '../AuditList';
import classes from './AgentsPage.module.css';
import { useJoinedColumns } from './useJoinedColumns';

type TunnelAgentRow = TunnelAgentStatus & { id: string };

/** How many of its tunnels take calls. */
function liveTunnels({ connections }: TunnelAgentStatus): number {
  return connections.filter(({ draining }) => !draining).length;
}

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
        text: agent => {
          const count = liveTunnels(agent);
          if (count > 0) {
            return t('agents.tunnelCount', { count });
          }
          return agent.connections.length > 0
            ? t('agents.draining')
            : t('agents.away');
        },
        render: (agent, text) => (
          <span
            className={classes.state}
            data-connected={liveTunnels(agent) > 0}
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
