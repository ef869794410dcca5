export * from './RecordingRetention';
