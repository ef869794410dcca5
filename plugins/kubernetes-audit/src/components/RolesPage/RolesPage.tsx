import { useApi } from '@backstage/core-plugin-api';
import { useTranslationRef } from '@backstage/core-plugin-api/alpha';
import GroupIcon from '@material-ui/icons/Group';
import type { DecisionResponse } from 'backstage-plugin-kubernetes-audit-common';
import { useCallback, useState } from 'react';
import { kubernetesAuditApiRef } from '../../api';
import { useLoad } from '../../hooks';
import { kubernetesAuditTranslationRef } from '../../translations';
import { ListMessage, LoadError } from '../AuditList';
import { Cards, Panel, PanelSkeleton, ScrollPage } from '../Panel';
import { DecisionPanel } from './DecisionPanel';
import { ProxiesPanel } from './ProxiesPanel';
import { RoleCard } from './RoleCard';

/** *Roles*: what the proxies decide by, and what that comes to for a user. */
export function RolesPage() {
  const { t } = useTranslationRef(kubernetesAuditTranslationRef);
  const api = useApi(kubernetesAuditApiRef);
  const { value, error, reload } = useLoad(
    useCallback(signal => api.getRoles({ signal }), [api]),
  );
  const [decision, setDecision] = useState<DecisionResponse>();
  if (!value) {
    return (
      <ScrollPage>
        {error ? (
          <LoadError
            error={error}
            denied={t('error.deniedRoles')}
            onRetry={reload}
          />
        ) : (
          <PanelSkeleton heights={[120, 220]} />
        )}
      </ScrollPage>
    );
  }
  return (
    <ScrollPage>
      <DecisionPanel clusters={value.clusters} onDecision={setDecision} />
      <Panel title={t('roles.roles')}>
        {value.roles.length === 0 ? (
          <ListMessage
            icon={<GroupIcon fontSize="inherit" />}
            title={t('roles.none')}
          >
            <p>{t('roles.noneHint')}</p>
          </ListMessage>
        ) : (
          <Cards>
            {value.roles.map(detail => (
              <RoleCard
                key={detail.role.name}
                detail={detail}
                marked={
                  decision?.role === detail.role.name
                    ? decision.rule
                    : undefined
                }
              />
            ))}
          </Cards>
        )}
      </Panel>
      <ProxiesPanel roles={value} onReload={reload} />
    </ScrollPage>
  );
}
