export * from './collectChunks';
export * from './RecordingReplay';
export * from './SegmentedRecording';
export * from './SidecarCache';
