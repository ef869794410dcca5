export * from './AuditStore';
export * from './AuthorizedAuditStore';
export * from './openEventStore';
