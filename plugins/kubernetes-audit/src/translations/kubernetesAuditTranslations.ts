import { createTranslationResource } from '@backstage/core-plugin-api/alpha';
import { kubernetesAuditTranslationRef } from './kubernetesAuditTranslationRef';

/** The languages that the pages speak beside English, loaded when chosen. @public */
export const kubernetesAuditTranslations = createTranslationResource({
  ref: kubernetesAuditTranslationRef,
  translations: { de: () => import('./de') },
});
