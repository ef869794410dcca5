import { useTranslationRef } from '@backstage/core-plugin-api/alpha';
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
      {
        id: 'name',
        label: t('agents.name'),
        text: ({ name }) => name,
        maxCharacters: 32,
      },
      {
        id: 'state',
        label: t('agents.state'),
        text: ({ draining }) =>
          draining ? t('agents.draining') : t('agents.connected'),
      },
      { id: 'proxy', label: t('agents.proxy'), text: ({ proxy }) => proxy },
      {
        id: 'clusters',
        label: t('agents.clusters'),
        text: ({ clusters }) => clusters.map(({ name }) => name).join(', '),
        maxCharacters: 32,
      },
      {
        id: 'version',
        label: t('agents.version'),
        text: ({ version }) => version,
      },
      {
        id: 'host',
        label: t('agents.host'),
        text: ({ hostName }) => hostName,
      },
      {
        id: 'address',
        label: t('agents.address'),
        text: ({ remoteAddress }) => remoteAddress,
      },
      {
        id: 'since',
        label: t('agents.since'),
        text: ({ connectedAt }) => formatTimestamp(connectedAt),
      },
      {
        id: 'roundTrip',
        label: t('agents.roundTrip'),
        text: ({ roundTripMs }) =>
          roundTripMs === undefined
            ? undefined
            : t('value.milliseconds', { value: roundTripMs.toFixed(1) }),
        align: 'end',
      },
      {
        id: 'streams',
        label: t('agents.streams'),
        text: ({ streams }) => String(streams),
        align: 'end',
      },
      {
        id: 'received',
        label: t('agents.received'),
        text: ({ receivedBytes }) => formatBytes(receivedBytes),
        align: 'end',
      },
      {
        id: 'sent',
        label: t('agents.sent'),
        text: ({ sentBytes }) => formatBytes(sentBytes),
        align: 'end',
      },
      {
        id: 'reconnects',
        label: t('agents.reconnects'),
        text: ({ reconnects }) => String(reconnects),
        align: 'end',
      },
    ],
    [t],
  );
}
