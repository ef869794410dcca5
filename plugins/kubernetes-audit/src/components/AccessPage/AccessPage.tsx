import { useApi } from '@backstage/core-plugin-api';
import { useTranslationRef } from '@backstage/core-plugin-api/alpha';
import { useCallback, useState } from 'react';
import { kubernetesAuditApiRef } from '../../api';
import { useLoad } from '../../hooks';
import { kubernetesAuditTranslationRef } from '../../translations';
import { LoadError } from '../AuditList';
import { ScrollPage } from '../Panel';
import { AccessSkeleton } from './AccessSkeleton';
import { ClustersPanel } from './ClustersPanel';
import { CredentialsPanel } from './CredentialsPanel';
import { KubeconfigPanel } from './KubeconfigPanel';
import { LoginPanel } from './LoginPanel';

/** *Kubernetes Access*: what its user may reach, how, and with which credentials. */
export function AccessPage() {
  const { t } = useTranslationRef(kubernetesAuditTranslationRef);
  const api = useApi(kubernetesAuditApiRef);
  const access = useLoad(
    useCallback(signal => api.getAccess({ signal }), [api]),
  );
  /** Grows with each credential that is given. */
  const [issued, setIssued] = useState(0);
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
          <AccessSkeleton />
        )}
      </ScrollPage>
    );
  }
  const onIssued = () => setIssued(count => count + 1);
  return (
    <ScrollPage>
      <LoginPanel onApproved={onIssued} />
      <ClustersPanel access={value} onReload={reload} />
      {value.clusters.length > 0 && (
        <KubeconfigPanel access={value} onIssued={onIssued} />
      )}
      <CredentialsPanel access={value} issued={issued} />
    </ScrollPage>
  );
}
