export * from './InputTranscript';
export * from './createInputTranscript';
