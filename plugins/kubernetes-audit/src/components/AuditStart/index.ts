export { AuditStart } from './AuditStart';
