export * from './RecordingFileWriter';
