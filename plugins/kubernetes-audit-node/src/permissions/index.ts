export * from './eventRules';
export * from './recordingRules';
