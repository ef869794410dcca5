import { useApi } from '@backstage/core-plugin-api';
import { useTranslationRef } from '@backstage/core-plugin-api/alpha';
import SettingsEthernetIcon from '@material-ui/icons/SettingsEthernet';
import type { TunnelAgentStatus } from 'backstage-plugin-kubernetes-audit-common';
import { useMemo, useState } from 'react';
import { kubernetesAuditApiRef } from '../../api';
import { kubernetesAuditTranslationRef } from '../../translations';
import { AuditTable, ListMessage } from '../AuditList';
import { ConfirmDialog } from '../ConfirmDialog';
import { Panel } from '../Panel';
import classes from './AgentsPage.module.css';
import { useTunnelAgentColumns } from './useTunnelAgentColumns';

/** The tunnel agents that have joined, and what takes that back. */
export function TunnelAgentsPanel(props: {
  agents: readonly TunnelAgentStatus[];
  mayManage: boolean;
  isReloading: boolean;
  onRevoked: () => void;
}) {
  const { agents, mayManage, isReloading, onRevoked } = props;
  const { t } = useTranslationRef(kubernetesAuditTranslationRef);
  const api = useApi(kubernetesAuditApiRef);
  const [revoking, setRevoking] = useState<TunnelAgentStatus>();
  const columns = useTunnelAgentColumns({
    onRevoke: mayManage ? setRevoking : undefined,
  });
  const rows = useMemo(
    () => agents.map(agent => ({ ...agent, id: agent.name })),
    [agents],
  );
  return (
    <Panel title={t('agents.tunnelAgents')}>
      {!mayManage && <p className={classes.text}>{t('agents.mayNotManage')}</p>}
      {rows.length > 0 ? (
        <div className={classes.table}>
          <AuditTable
            label={t('agents.tunnelAgents')}
            columns={columns}
            rows={rows}
            isReloading={isReloading}
          />
        </div>
      ) : (
        <ListMessage
          icon={<SettingsEthernetIcon fontSize="inherit" />}
          title={t('agents.noTunnels')}
        >
          <p>{t('agents.noTunnelsHint')}</p>
        </ListMessage>
      )}
      {revoking && (
        <ConfirmDialog
          title={t('agents.revokeTitle', { name: revoking.name })}
          confirm={{
            label: t('agents.revoke'),
            run: () => api.revokeTunnelAgent(revoking.name),
          }}
          onClose={isRevoked => {
            setRevoking(undefined);
            if (isRevoked) {
              onRevoked();
            }
          }}
        >
          <p>{t('agents.revokeCuts')}</p>
          <p>
            {t('agents.revokeReaches', {
              clusters: revoking.clusters.join(', '),
            })}
          </p>
          <p>{t('agents.revokeReturn')}</p>
        </ConfirmDialog>
      )}
    </Panel>
  );
}
