export * from './cores';
export * from './processUsage';
export * from './syncLatencies';
