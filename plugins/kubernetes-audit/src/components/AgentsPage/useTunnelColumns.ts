import { useTranslationRef } from '@backstage/core-plugin-api/alpha';
import { formatTunnelTags } from 'backstage-plugin-kubernetes-audit-common';
import { useMemo } from 'react';
import { formatBytes, formatTimestamp } from '../../format';
import { kubernetesAuditTranslationRef } from '../../translations';
import type { AuditColumn } from '../AuditList';
import type { TunnelRow } from './tunnelRows';

/** What is shown of tunnels. */
export function useTunnelColumns(): AuditColumn<TunnelRow>[] {
  const { t } = useTranslationRef(kubernetesAuditTranslationRef);
  return useMemo(
    () => [
      { id: 'name', label: t('agents.name'), text: ({ agent }) => agent.name },
      {
        id: 'state',
        label: t('agents.state'),
        text: ({ connection }) => {
          if (!connection) {
            return t('agents.away');
          }
          return connection.draining
            ? t('agents.draining')
            : t('agents.connected');
        },
      },
      {
        id: 'tags',
        label: t('agents.tags'),
        text: ({ agent }) => formatTunnelTags(agent.tags),
        maxCharacters: 32,
      },
      {
        id: 'clusters',
        label: t('agents.clusters'),
        text: ({ agent, connection }) =>
          connection?.clusters.map(({ name }) => name).join(', ') ||
          agent.clusters.join(', '),
        maxCharacters: 32,
      },
      {
        id: 'proxy',
        label: t('agents.proxy'),
        text: ({ connection }) => connection?.proxy,
      },
      {
        id: 'version',
        label: t('agents.version'),
        text: ({ connection }) => connection?.version,
      },
      {
        id: 'host',
        label: t('agents.host'),
        text: ({ connection }) => connection?.hostName,
      },
      {
        id: 'since',
        label: t('agents.since'),
        text: ({ connection }) =>
          connection && formatTimestamp(connection.connectedAt),
      },
      {
        id: 'roundTrip',
        label: t('agents.roundTrip'),
        text: ({ connection }) =>
          connection?.roundTripMs === undefined
            ? undefined
            : t('value.milliseconds', {
                value: connection.roundTripMs.toFixed(1),
              }),
        align: 'end',
      },
      {
        id: 'streams',
        label: t('agents.streams'),
        text: ({ connection }) => connection && String(connection.streams),
        align: 'end',
      },
      {
        id: 'received',
        label: t('agents.received'),
        text: ({ connection }) =>
          connection && formatBytes(connection.receivedBytes),
        align: 'end',
      },
      {
        id: 'sent',
        label: t('agents.sent'),
        text: ({ connection }) =>
          connection && formatBytes(connection.sentBytes),
        align: 'end',
      },
      {
        id: 'reconnects',
        label: t('agents.reconnects'),
        text: ({ connection }) => connection && String(connection.reconnects),
        align: 'end',
      },
    ],
    [t],
  );
}
