/**
 * The Kubernetes Audit backend plugin for Backstage.
 *
 * @packageDocumentation
 */
export { kubernetesAuditPlugin as default } from './plugin';
