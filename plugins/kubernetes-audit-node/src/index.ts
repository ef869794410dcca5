/**
 * Extension points of the Kubernetes Audit backend plugin.
 *
 * @packageDocumentation
 */
export * from './BlobStore';
export * from './EventSink';
export * from './extensionPoints';
export * from './permissions';
