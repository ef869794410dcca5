export * from './DiskReserve';
export * from './EventSpool';
export * from './RecordingDirectory';
export * from './RecordingStore';
export * from './SpoolError';
export * from './SessionLedger';
export * from './spoolRecordCodec';
export * from './atomicFile';
