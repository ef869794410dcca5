export * from './SessionRecording';
export * from './recoverRecordings';
