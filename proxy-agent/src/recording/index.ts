export * from './SessionRecording';
export * from './RecordingRecovery';
export * from './copy';
export * from './input';
