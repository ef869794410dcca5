export * from './AuditStore';
export * from './DatabaseAuditStore';
export * from './DatabaseAuditWriter';
export * from './AuthorizedAuditStore';
