export * from './Backoff';
export * from './PortalClient';
export * from './EventDelivery';
export * from './RecordingDelivery';
export * from './PolicySubscription';
export * from './Heartbeat';
export * from './RefusedRecords';
