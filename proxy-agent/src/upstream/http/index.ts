export * from './ConnectionPool';
export * from './HttpCall';
export * from './HttpClientError';
export * from './HttpRequest';
export * from './RawHeaders';
export type { ResponseHead } from './ResponseParser';
