import type { Pool } from 'undici';

/** An idle connection is closed after so long, in milliseconds: before balancers drop it silently. */
const KEEP_ALIVE_MS = 55_000;
/** The largest response head that an API server may send, in bytes. */
const MAX_RESPONSE_HEAD_BYTES = 256 * 1024;

/** Of all connections for ordinary calls. No response has a time limit: watches last as long as they last. */
export const POOL_OPTIONS = {
  allowH2: false,
  pipelining: 1,
  keepAliveTimeout: KEEP_ALIVE_MS,
  headersTimeout: 0,
  bodyTimeout: 0,
  maxHeaderSize: MAX_RESPONSE_HEAD_BYTES,
} satisfies Pool.Options;
