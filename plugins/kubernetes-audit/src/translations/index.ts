export { kubernetesAuditTranslationRef } from './kubernetesAuditTranslationRef';
