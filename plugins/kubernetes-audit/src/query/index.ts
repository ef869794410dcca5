export * from './timeRange';
export * from './requestAuditQuery';
export * from './recordingQuery';
