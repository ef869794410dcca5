import type { RawHeaders } from './RawHeaders';
import type { ResponseHead } from './ResponseParser';

/** A call that was sent, in the hands of who made it. What comes after its end changes nothing. */
export interface HttpCall {
  /** Holds the answer back; a little of it can come all the same. */
  pause(): void;
  resume(): void;
  /** Nobody waits for the answer any more; nothing of it comes then. */
  abort(): void;
}

/** Who made a call. It is told in this order, and nothing more after the end or an error. */
export interface HttpCallHandler {
  /** From now on the server may have got the request, or a part of it. */
  onSent(call: HttpCall): void;
  onHead(head: ResponseHead): void;
  /** @param bytes - the handler's own */
  onBody(bytes: Buffer): void;
  onEnd(trailers: RawHeaders): void;
  /** @param error - an {@link HttpClientError}, or that of the socket */
  onError(error: Error): void;
}
