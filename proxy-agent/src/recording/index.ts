export * from './SessionRecording';
export * from './RecordingRecovery';
