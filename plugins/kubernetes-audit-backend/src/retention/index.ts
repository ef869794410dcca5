export * from './AccessRetention';
export * from './RecordingRetention';
export * from './EventRetention';
export * from './OrphanSweep';
