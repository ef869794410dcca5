import type { Readable } from 'node:stream';
import type { RawHeaders } from './RawHeaders';

/** A request as its caller gives it. */
export type HttpRequest = {
  method: string;
  /** Path and query. */
  path: string;
  /**
   * As they are to stand on the wire, `Host` among them. What is of the
   * connection is not the caller's to say; `Content-Length` tells that of a stream.
   */
  headers: RawHeaders;
  /** A stream is destroyed when the call ends before it; its errors are its maker's to listen to. */
  body: Buffer | Readable | undefined;
};
