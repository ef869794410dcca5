export * from './keyframes';
export * from './PlaybackClock';
export * from './PlayerController';
export * from './playerStates';
export * from './RecordingTape';
export * from './Screen';
export { limitSize } from './screenOperations';
