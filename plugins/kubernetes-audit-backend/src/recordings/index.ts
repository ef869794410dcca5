export * from './DatabaseRecordingStore';
export * from './blobs';
export { RecordingIndexer, SidecarStore } from './indexing';
export { RecordingReplay, SidecarCache } from './replay';
export * from './PlaybackLog';
export * from './RecordingIngest';
export * from './RecordingLibrary';
export * from './RecordingStore';
export { MAX_CHUNK_BYTES } from './readChunk';
