import { Content, Header, Page } from '@backstage/core-components';
import { useTranslationRef } from '@backstage/core-plugin-api/alpha';
import { kubernetesAuditTranslationRef } from '../../translations';
import { AccessPage } from '../AccessPage';
import { AgentsPage } from '../AgentsPage';
import { RecordingsPage } from '../RecordingsPage';
import { RequestAuditPage } from '../RequestAuditPage';
import { RolesPage } from '../RolesPage';

/** *Request Audit* with the header that the legacy system leaves to pages. */
export function LegacyRequestAuditPage() {
  const { t } = useTranslationRef(kubernetesAuditTranslationRef);
  return (
    <Page themeId="tool">
      <Header title={t('requests.title')} />
      <Content noPadding>
        <RequestAuditPage />
      </Content>
    </Page>
  );
}

/** *Pod Session Recordings* with its header. */
export function LegacyRecordingsPage() {
  const { t } = useTranslationRef(kubernetesAuditTranslationRef);
  return (
    <Page themeId="tool">
      <Header title={t('recordings.title')} />
      <Content noPadding>
        <RecordingsPage />
      </Content>
    </Page>
  );
}

/** *Proxies and tunnels* with its header. */
export function LegacyAgentsPage() {
  const { t } = useTranslationRef(kubernetesAuditTranslationRef);
  return (
    <Page themeId="tool">
      <Header title={t('agents.title')} />
      <Content noPadding>
        <AgentsPage />
      </Content>
    </Page>
  );
}

/** *Roles* with its header. */
export function LegacyRolesPage() {
  const { t } = useTranslationRef(kubernetesAuditTranslationRef);
  return (
    <Page themeId="tool">
      <Header title={t('roles.title')} />
      <RolesPage />
    </Page>
  );
}

/** *Kubernetes Access* with its header. */
export function LegacyAccessPage() {
  const { t } = useTranslationRef(kubernetesAuditTranslationRef);
  return (
    <Page themeId="tool">
      <Header title={t('access.title')} />
      <AccessPage />
    </Page>
  );
}
