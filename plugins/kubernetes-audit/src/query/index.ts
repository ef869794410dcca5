export * from './timeRange';
export * from './filterFields';
export * from './requestAuditQuery';
export * from './recordingQuery';
export * from './scopeFilter';
