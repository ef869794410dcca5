export { kubernetesAuditTranslationRef } from './kubernetesAuditTranslationRef';
export { kubernetesAuditTranslations } from './kubernetesAuditTranslations';
