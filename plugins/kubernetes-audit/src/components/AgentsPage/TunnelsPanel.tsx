import { useTranslationRef } from '@backstage/core-plugin-api/alpha';
import type { TunnelAgentStatus } from 'backstage-plugin-kubernetes-audit-common';
import { useMemo } from 'react';
import { kubernetesAuditTranslationRef } from '../../translations';
import { AuditTable } from '../AuditList';
import { Panel } from '../Panel';
import classes from './AgentsPage.module.css';
import { tunnelRows } from './tunnelRows';
import { useTunnelColumns } from './useTunnelColumns';

/** The connections between tunnel agents and proxies. */
export function TunnelsPanel(props: {
  agents: readonly TunnelAgentStatus[];
  isReloading: boolean;
}) {
  const { agents, isReloading } = props;
  const { t } = useTranslationRef(kubernetesAuditTranslationRef);
  const columns = useTunnelColumns();
  const rows = useMemo(() => tunnelRows(agents), [agents]);
  if (agents.length === 0) {
    return null;
  }
  return (
    <Panel title={t('agents.tunnels')}>
      {rows.length > 0 ? (
        <div className={classes.table}>
          <AuditTable
            label={t('agents.tunnels')}
            columns={columns}
            rows={rows}
            isReloading={isReloading}
          />
        </div>
      ) : (
        <p className={classes.text}>{t('agents.noConnections')}</p>
      )}
    </Panel>
  );
}
