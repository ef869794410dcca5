export * from './DeadLetters';
export * from './DeliveryWatch';
export * from './EventIngest';
export * from './EventPublisher';
export * from './EventsServiceSink';
export * from './SpoolGaps';
export * from './SpoolPruning';
