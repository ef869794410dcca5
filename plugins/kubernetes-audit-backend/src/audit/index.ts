export * from './AuditStore';
export * from './AuthorizedAuditStore';
export * from './EventErasure';
export * from './EventExport';
export * from './EventMaintenance';
export * from './openEventStore';
export * from './rollup';
