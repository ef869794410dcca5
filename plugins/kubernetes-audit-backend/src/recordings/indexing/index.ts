export * from './RecordingIndexer';
export * from './SidecarStore';
export { IndexingStoppedError, IndexingThread } from './IndexingThread';
export { EMPTY_SIDECAR } from './PartBuilder';
export { planParts } from './planParts';
export type { PartRange } from './planParts';
export { readSoundFrames } from './readSoundFrames';
