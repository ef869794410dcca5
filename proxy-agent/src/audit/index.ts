export * from './AuditLog';
export * from './RequestBodyCapture';
export * from './describeBody';
export * from './objectName';
export * from './redactUri';
export * from './statusMessage';
export * from './BestEffortSink';
export * from './SpoolSink';
