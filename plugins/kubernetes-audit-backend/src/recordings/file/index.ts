export * from './RecordingFileWriter';
export * from './encryptedZip';
