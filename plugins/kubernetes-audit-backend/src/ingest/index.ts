export * from './EventIngest';
export * from './EventPublisher';
export * from './EventsServiceSink';
export * from './SpoolPruning';
