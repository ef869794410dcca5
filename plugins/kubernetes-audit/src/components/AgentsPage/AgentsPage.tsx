import { useTranslationRef } from '@backstage/core-plugin-api/alpha';
import { useApi } from '@backstage/core-plugin-api';
import DnsIcon from '@material-ui/icons/Dns';
import { useCallback, useEffect } from 'react';
import { failureOf, kubernetesAuditApiRef } from '../../api';
import { useLoad } from '../../hooks';
import { kubernetesAuditTranslationRef } from '../../translations';
import { AuditTable, ListMessage, LoadError } from '../AuditList';
import { Panel, PanelSkeleton, RefreshButton, ScrollPage } from '../Panel';
import classes from './AgentsPage.module.css';
import { JoinTokensPanel } from './JoinTokensPanel';
import { TunnelAgentsPanel } from './TunnelAgentsPanel';
import { TunnelsPanel } from './TunnelsPanel';
import { useProxyColumns } from './useProxyColumns';

/** How often the page looks anew, in milliseconds: proxies tell of themselves as often. */
const REFRESH_MS = 10_000;

/** *Proxies and tunnels*: which of them there are, how they are, and who lets tunnel agents in. */
export function AgentsPage() {
  const { t } = useTranslationRef(kubernetesAuditTranslationRef);
  const api = useApi(kubernetesAuditApiRef);
  const agents = useLoad(
    useCallback(signal => api.listAgents({ signal }), [api]),
  );
  const proxyColumns = useProxyColumns();
  const { error, isLoading, reload } = agents;
  useEffect(() => {
    const timer = setInterval(reload, REFRESH_MS);
    return () => clearInterval(timer);
  }, [reload]);

  // What may not be seen any more does not stay on the screen.
  const isDenied = error !== undefined && failureOf(error).kind === 'denied';
  const value = isDenied ? undefined : agents.value;
  if (!value) {
    return (
      <ScrollPage>
        {error ? (
          <LoadError
            error={error}
            denied={t('error.deniedAgents')}
            onRetry={reload}
          />
        ) : (
          <PanelSkeleton heights={[180, 220, 180]} />
        )}
      </ScrollPage>
    );
  }
  return (
    <ScrollPage>
      <Panel
        title={t('agents.proxies')}
        actions={<RefreshButton onPress={reload} />}
      >
        {value.items.length > 0 ? (
          <div className={classes.table}>
            <AuditTable
              label={t('agents.proxies')}
              columns={proxyColumns}
              rows={value.items}
              isReloading={isLoading}
            />
          </div>
        ) : (
          <ListMessage
            icon={<DnsIcon fontSize="inherit" />}
            title={t('agents.noProxies')}
          >
            <p>{t('agents.noProxiesHint')}</p>
          </ListMessage>
        )}
      </Panel>
      <TunnelAgentsPanel
        agents={value.tunnels}
        mayManage={value.mayManage}
        isReloading={isLoading}
        onRevoked={reload}
      />
      <TunnelsPanel agents={value.tunnels} isReloading={isLoading} />
      {value.mayManage && (
        <JoinTokensPanel proxies={value.items} agents={value.tunnels} />
      )}
    </ScrollPage>
  );
}
