export * from './KubernetesAuditApi';
export { KubernetesAuditClient } from './KubernetesAuditClient';
export { failureOf, type Failure } from './failureOf';
export { isLostForGood } from './isLostForGood';
