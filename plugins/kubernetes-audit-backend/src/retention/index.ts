export * from './RecordingRetention';
export * from './EventRetention';
