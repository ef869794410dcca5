export * from './createBlobStore';
