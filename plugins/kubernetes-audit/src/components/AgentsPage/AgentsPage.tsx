import { useTranslationRef } from '@backstage/core-plugin-api/alpha';
import { useApi } from '@backstage/core-plugin-api';
import { Button } from '@backstage/ui';
import DnsIcon from '@material-ui/icons/Dns';
import { useCallback, useEffect } from 'react';
import { failureOf, kubernetesAuditApiRef } from '../../api';
import { useLoad } from '../../hooks';
import { kubernetesAuditTranslationRef } from '../../translations';
import {
  AuditTable,
  AuditTableSkeleton,
  ListMessage,
  ListPage,
  LoadError,
} from '../AuditList';
import classes from './AgentsPage.module.css';
import { tunnelRows } from './tunnelRows';
import { useProxyColumns } from './useProxyColumns';
import { useTunnelColumns } from './useTunnelColumns';

/** How often the page looks anew, in milliseconds: proxies tell of themselves as often. */
const REFRESH_MS = 10_000;

/** *Proxies and tunnels*: which of them there are, and how they are. */
export function AgentsPage() {
  const { t } = useTranslationRef(kubernetesAuditTranslationRef);
  const api = useApi(kubernetesAuditApiRef);
  const agents = useLoad(
    useCallback(signal => api.listAgents({ signal }), [api]),
  );
  const proxyColumns = useProxyColumns();
  const tunnelColumns = useTunnelColumns();
  const { error, isLoading, reload } = agents;
  useEffect(() => {
    const timer = setInterval(reload, REFRESH_MS);
    return () => clearInterval(timer);
  }, [reload]);

  // What may not be seen any more does not stay on the screen.
  const isDenied = error !== undefined && failureOf(error).kind === 'denied';
  const value = isDenied ? undefined : agents.value;
  if (!value && error) {
    return (
      <ListPage>
        <LoadError
          error={error}
          denied={t('error.deniedAgents')}
          onRetry={reload}
        />
      </ListPage>
    );
  }
  return (
    <ListPage>
      <div className={classes.bar}>
        <Button variant="secondary" onPress={reload}>
          {t('list.refresh')}
        </Button>
      </div>
      <h2 className={classes.heading}>{t('agents.proxies')}</h2>
      {value ? (
        <Rows
          isEmpty={value.items.length === 0}
          empty={t('agents.noProxies')}
          emptyHint={t('agents.noProxiesHint')}
        >
          <AuditTable
            label={t('agents.proxies')}
            columns={proxyColumns}
            rows={value.items}
            isReloading={isLoading}
          />
        </Rows>
      ) : (
        <AuditTableSkeleton
          label={t('agents.proxies')}
          columns={proxyColumns}
        />
      )}
      <h2 className={classes.heading}>{t('agents.tunnels')}</h2>
      {value && (
        <Rows
          isEmpty={value.tunnels.length === 0}
          empty={t('agents.noTunnels')}
          emptyHint={t('agents.noTunnelsHint')}
        >
          <AuditTable
            label={t('agents.tunnels')}
            columns={tunnelColumns}
            rows={tunnelRows(value.tunnels)}
            isReloading={isLoading}
          />
        </Rows>
      )}
    </ListPage>
  );
}

function Rows(props: {
  isEmpty: boolean;
  empty: string;
  emptyHint: string;
  children: JSX.Element;
}) {
  const { isEmpty, empty, emptyHint, children } = props;
  return isEmpty ? (
    <ListMessage icon={<DnsIcon fontSize="inherit" />} title={empty}>
      <p>{emptyHint}</p>
    </ListMessage>
  ) : (
    children
  );
}
