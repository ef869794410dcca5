export * from './frame';
export * from './recordingEvent';
export * from './asciicast';
export * from './crc32';
export * from './keyframe';
export * from './recordingMoment';
export * from './sidecar';
