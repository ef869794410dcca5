export * from './DatabaseRecordingStore';
export * from './DiskBlobStore';
export * from './PlaybackLog';
export * from './RecordingIngest';
export * from './RecordingLibrary';
export { MAX_CHUNK_BYTES } from './readChunk';
export { RECORDING_FILE_FORMATS } from './file';
