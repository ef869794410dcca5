export * from './EventIngest';
export * from './EventPublisher';
export * from './EventsServiceSink';
