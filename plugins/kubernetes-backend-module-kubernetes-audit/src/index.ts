/**
 * Leads Backstage's Kubernetes plugin through the audited proxy: its calls are
 * those of the signed-in user, and stand in the audit.
 *
 * @packageDocumentation
 */
export { kubernetesAuditModule as default } from './module';
