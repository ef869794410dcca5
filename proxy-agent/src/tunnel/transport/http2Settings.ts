import type { ClientSessionOptions, Http2Session } from 'node:http2';

/** What a stream may have under way without having been read, in bytes: the product of a fast link's speed and its round trip. */
const STREAM_WINDOW_BYTES = 1024 * 1024;
/** … and all of them together. Node gives it back at once: a slow stream does not hold the others. */
const SESSION_WINDOW_BYTES = 16 * 1024 * 1024;
/** The largest frame that is taken, in bytes: fewer, larger ones cost less. */
const MAX_FRAME_BYTES = 64 * 1024;
/** Memory that a session may take before new streams are refused, in MiB. */
const MAX_SESSION_MEMORY_MIB = 1024;
/** Connections to API servers of one tunnel. */
export const MAX_STREAMS = 16_384;

/** Of either side. */
export const HTTP2_OPTIONS = {
  maxSessionMemory: MAX_SESSION_MEMORY_MIB,
  settings: {
    initialWindowSize: STREAM_WINDOW_BYTES,
    maxFrameSize: MAX_FRAME_BYTES,
    enablePush: false,
  },
} satisfies ClientSessionOptions;

/** Lets a session have more under way than HTTP/2's 64 KiB. */
export function widen(session: Http2Session): void {
  session.setLocalWindowSize(SESSION_WINDOW_BYTES);
}
