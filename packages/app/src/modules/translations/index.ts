import { createFrontendModule } from '@backstage/frontend-plugin-api';
import { TranslationBlueprint } from '@backstage/plugin-app-react';
import { kubernetesAuditTranslations } from 'backstage-plugin-kubernetes-audit/alpha';

/** The languages of the pages; app.extensions says which are offered. */
export const translationsModule = createFrontendModule({
  pluginId: 'app',
  extensions: [
    TranslationBlueprint.make({
      name: 'kubernetes-audit',
      params: { resource: kubernetesAuditTranslations },
    }),
  ],
});
