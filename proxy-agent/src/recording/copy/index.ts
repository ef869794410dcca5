export * from './CopyTranscript';
export * from './detectCopy';
