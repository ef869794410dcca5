/**
 * Lets the pages of Backstage's Kubernetes plugin know clusters behind the
 * audited proxy.
 *
 * @packageDocumentation
 */
export { AuditedAuthProviders } from './AuditedAuthProviders';
