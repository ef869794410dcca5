export { RequestAuditList } from './RequestAuditList';
export { RequestAuditPage } from './RequestAuditPage';
