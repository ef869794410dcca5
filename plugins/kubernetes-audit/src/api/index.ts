export * from './KubernetesAuditApi';
export { KubernetesAuditClient } from './KubernetesAuditClient';
export { failureOf } from './failureOf';
