export { RequestAuditPage } from './RequestAuditPage';
