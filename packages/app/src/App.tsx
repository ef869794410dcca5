import { createApp } from '@backstage/frontend-defaults';
import catalogPlugin from '@backstage/plugin-catalog/alpha';
import kubernetesPlugin from '@backstage/plugin-kubernetes/alpha';
import userSettingsPlugin from '@backstage/plugin-user-settings/alpha';
import kubernetesAuditPlugin from 'backstage-plugin-kubernetes-audit/alpha';
import kubernetesAuditModule from 'backstage-plugin-kubernetes-module-kubernetes-audit/alpha';
import { navModule } from './modules/nav';
import { translationsModule } from './modules/translations';

export default createApp({
  features: [
    catalogPlugin,
    kubernetesPlugin,
    userSettingsPlugin,
    kubernetesAuditPlugin,
    kubernetesAuditModule,
    navModule,
    translationsModule,
  ],
});
