import { useTranslationRef } from '@backstage/core-plugin-api/alpha';
import type { AgentStatus } from 'backstage-plugin-kubernetes-audit-common';
import { useMemo } from 'react';
import { formatBytes, formatTimestamp } from '../../format';
import { kubernetesAuditTranslationRef } from '../../translations';
import type { AuditColumn } from '../AuditList';

/** What is shown of proxies. */
export function useProxyColumns(): AuditColumn<AgentStatus>[] {
  const { t } = useTranslationRef(kubernetesAuditTranslationRef);
  return useMemo(
    () => [
      { id: 'name', label: t('agents.name'), text: ({ id }) => id },
      {
        id: 'lastSeen',
        label: t('agents.lastSeen'),
        text: ({ lastSeenAt }) => formatTimestamp(lastSeenAt),
      },
      {
        id: 'version',
        label: t('agents.version'),
        text: ({ version }) => version,
      },
      { id: 'host', label: t('agents.host'), text: ({ hostName }) => hostName },
      {
        id: 'url',
        label: t('agents.url'),
        text: ({ publicUrl }) => publicUrl,
      },
      {
        id: 'clusters',
        label: t('agents.clusters'),
        text: ({ clusters }) => clusters.map(({ name }) => name).join(', '),
        maxCharacters: 32,
      },
      {
        id: 'tunnels',
        label: t('agents.tunnels'),
        text: ({ tunnels }) => tunnels && String(tunnels.length),
        align: 'end',
      },
      {
        id: 'spoolDepth',
        label: t('agents.spoolDepth'),
        text: ({ spool }) => spool && String(spool.depth),
        align: 'end',
      },
      {
        id: 'spoolSize',
        label: t('agents.spoolSize'),
        text: ({ spool }) => spool && formatBytes(spool.bytes),
        align: 'end',
      },
      {
        id: 'workers',
        label: t('agents.workers'),
        text: ({ workers }) => String(workers),
        align: 'end',
      },
    ],
    [t],
  );
}
