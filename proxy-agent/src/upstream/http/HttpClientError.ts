/** What is wrong with a call, in the words of who made it. */
export type HttpClientErrorCode =
  /** The request cannot be sent as it is; nothing was sent. */
  | 'ERR_HTTP_REQUEST'
  /** What came is no answer of HTTP/1.1. */
  | 'ERR_HTTP_RESPONSE'
  /** The connection ended before the answer was whole. */
  | 'ERR_HTTP_CONNECTION_ENDED';

/** A call over HTTP/1.1 that has failed, other than by an error of its socket. */
export class HttpClientError extends Error {
  readonly name = 'HttpClientError';

  constructor(
    readonly code: HttpClientErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
