/**
 * Types, schemas, permissions and the recording format that the portal, the
 * pages and the proxy share. Safe in a browser; imports none of the others.
 *
 * @packageDocumentation
 */
export * from './vocabulary';
export * from './erasure';
export * from './event';
export * from './recording';
export * from './eventExport';
export * from './exportPassword';
export * from './policy';
export * from './credential';
export * from './login';
export * from './roles';
export * from './authorization';
export * from './agent';
export * from './tunnelNames';
export * from './tunnel';
export * from './pages';
export * from './delivery';
export * from './permissions';
export * from './recordingFormat';
