export * from './formatSyslogMessage';
export * from './SyslogSink';
export * from './syslogSinkModule';
export * from './WebhookSink';
export * from './webhookSinkModule';
