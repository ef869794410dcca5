export * from './clientName';
export * from './execParameters';
export * from './InvalidRequestUrlError';
export { parseRequestUrl } from './parseRequestUrl';
export { parseRequestInfo } from './RequestInfo';
export type { RequestInfo } from './RequestInfo';
export * from './resourceLabel';
export * from './sessionKind';
export * from './upgradeKind';
