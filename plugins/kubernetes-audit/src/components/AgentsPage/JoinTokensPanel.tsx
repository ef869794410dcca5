import { useApi } from '@backstage/core-plugin-api';
import { useTranslationRef } from '@backstage/core-plugin-api/alpha';
import type {
  AgentStatus,
  PendingJoinToken,
  TunnelAgentStatus,
} from 'backstage-plugin-kubernetes-audit-common';
import { useCallback, useEffect, useState } from 'react';
import { kubernetesAuditApiRef } from '../../api';
import { useLoad } from '../../hooks';
import { kubernetesAuditTranslationRef } from '../../translations';
import { AuditTable, AuditTableSkeleton, LoadError } from '../AuditList';
import { ConfirmDialog } from '../ConfirmDialog';
import { Panel } from '../Panel';
import classes from './AgentsPage.module.css';
import { GivenJoinToken } from './GivenJoinToken';
import { JoinTokenForm } from './JoinTokenForm';
import { useJoinTokenColumns } from './useJoinTokenColumns';
import { useShownJoinToken } from './useShownJoinToken';

/** How often the list is looked at anew, in milliseconds: a token goes when an agent joins with it. */
const REFRESH_MS = 10_000;

/** Lets tunnel agents join: makes tokens, and takes back those that were not used. */
export function JoinTokensPanel(props: {
  proxies: readonly AgentStatus[];
  agents: readonly TunnelAgentStatus[];
}) {
  const { proxies, agents } = props;
  const { t } = useTranslationRef(kubernetesAuditTranslationRef);
  const api = useApi(kubernetesAuditApiRef);
  const [issued, setIssued] = useShownJoinToken();
  const [revoking, setRevoking] = useState<PendingJoinToken>();
  const { value, error, isLoading, reload } = useLoad(
    useCallback(signal => api.listJoinTokens({ signal }), [api]),
  );
  useEffect(() => {
    const timer = setInterval(reload, REFRESH_MS);
    return () => clearInterval(timer);
  }, [reload]);
  const columns = useJoinTokenColumns({ onRevoke: setRevoking });

  const list = () => {
    if (!value) {
      return error ? (
        <LoadError
          error={error}
          denied={t('agents.mayNotManage')}
          onRetry={reload}
        />
      ) : (
        <AuditTableSkeleton label={t('join.pending')} columns={columns} />
      );
    }
    return value.length > 0 ? (
      <div className={classes.table}>
        <AuditTable
          label={t('join.pending')}
          columns={columns}
          rows={value}
          isReloading={isLoading}
        />
      </div>
    ) : (
      <p className={classes.text}>{t('join.nonePending')}</p>
    );
  };

  return (
    <Panel title={t('join.title')}>
      <p className={classes.text}>{t('join.intro')}</p>
      <JoinTokenForm
        takenNames={agents.map(({ name }) => name)}
        onIssued={token => {
          setIssued(token);
          reload();
        }}
      />
      {issued && (
        // Another token begins with the first way again.
        <GivenJoinToken key={issued.token} issued={issued} proxies={proxies} />
      )}
      {list()}
      {revoking && (
        <ConfirmDialog
          title={t('join.revokeTitle', { name: revoking.name })}
          confirm={{
            label: t('agents.revoke'),
            run: () => api.revokeJoinToken(revoking.id),
          }}
          onClose={isRevoked => {
            setRevoking(undefined);
            // One that an agent has used meanwhile goes from the list, too.
            reload();
            if (isRevoked) {
              setIssued(undefined);
            }
          }}
        >
          <p>{t('join.revokeHint')}</p>
        </ConfirmDialog>
      )}
    </Panel>
  );
}
