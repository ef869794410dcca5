import { useTranslationRef } from '@backstage/core-plugin-api/alpha';
import { Button } from '@backstage/ui';
import {
  formatTunnelTags,
  TunnelAgentStatus,
} from 'backstage-plugin-kubernetes-audit-common';
import { useMemo } from 'react';
import { formatTimestamp } from '../../format';
import { kubernetesAuditTranslationRef } from '../../translations';
import type { AuditColumn } from '../AuditList';
import classes from './AgentsPage.module.css';

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
  return useMemo(
    () => [
      {
        id: 'name',
        label: t('agents.name'),
        text: ({ name }) => name,
        maxCharacters: 32,
      },
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
            {
              id: 'revoke',
              label: t('agents.action'),
              text: () => t('agents.revoke'),
              render: (agent: TunnelAgentRow, text: string) => (
                <Button
                  size="small"
                  variant="secondary"
                  aria-label={t('agents.revokeAgent', { name: agent.name })}
                  onPress={() => onRevoke(agent)}
                >
                  {text}
                </Button>
              ),
            },
          ]
        : []),
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
        id: 'joinedAt',
        label: t('agents.joinedAt'),
        text: ({ joinedAt }) => formatTimestamp(joinedAt),
      },
    ],
    [t, onRevoke],
  );
}
