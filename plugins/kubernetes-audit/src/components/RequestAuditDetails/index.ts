export { RequestAuditDetails } from './RequestAuditDetails';
