export * from './inOwnTrace';
export * from './spans';
export * from './withSpan';
