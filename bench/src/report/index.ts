export * from './Check';
export * from './printTable';
export * from './statistics';
export * from './writeResults';
