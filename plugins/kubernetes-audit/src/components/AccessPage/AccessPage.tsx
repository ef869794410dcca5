import { useApi } from '@backstage/core-plugin-api';
import { useTranslationRef } from '@backstage/core-plugin-api/alpha';
import { useCallback, useState } from 'react';
import { useSearchParams } from 'react-router-dom';
import { kubernetesAuditApiRef } from '../../api';
import { useLoad } from '../../hooks';
import { kubernetesAuditTranslationRef } from '../../translations';
import { LoadError } from '../AuditList';
import { PanelSkeleton, ScrollPage } from '../Panel';
import { ClustersPanel } from './ClustersPanel';
import { CredentialsPanel } from './CredentialsPanel';
import { KubeconfigPanel } from './KubeconfigPanel';
import { CODE_PARAM, LoginPanel } from './LoginPanel';

/** *Kubernetes Access*: what its user may reach, how, and with which credentials. */
export function AccessPage() {
  const { t } = useTranslationRef(kubernetesAuditTranslationRef);
  const api = useApi(kubernetesAuditApiRef);
  const access = useLoad(
    useCallback(signal => api.getAccess({ signal }), [api]),
  );
  /** Grows with each credential that is given. */
  const [issued, setIssued] = useState(0);
  const [params] = useSearchParams();
  /** It stays where it was when the code is gone from the address. */
  const [isAskedToSignIn] = useState(() => params.has(CODE_PARAM));
  const { value, error, reload } = access;
  if (!value) {
    return (
      <ScrollPage>
        {error ? (
          <LoadError
            error={error}
            denied={t('error.deniedAccess')}
            onRetry={reload}
          />
        ) : (
          <PanelSkeleton heights={[88, 180, 220]} />
        )}
      </ScrollPage>
    );
  }
  const onIssued = () => setIssued(count => count + 1);
  const login = <LoginPanel onApproved={onIssued} />;
  return (
    <ScrollPage>
      {isAskedToSignIn && login}
      <ClustersPanel access={value} onReload={reload} />
      {value.clusters.length > 0 && (
        <KubeconfigPanel access={value} onIssued={onIssued} />
      )}
      {!isAskedToSignIn && login}
      <CredentialsPanel access={value} issued={issued} />
    </ScrollPage>
  );
}
