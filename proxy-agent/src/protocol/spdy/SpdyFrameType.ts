/** The version number in every control frame of SPDY/3 and SPDY/3.1. */
export const SPDY_VERSION = 3;

/** Control frame types of SPDY/3.1, section 2.6. */
export const SpdyFrameType = {
  synStream: 1,
  synReply: 2,
  rstStream: 3,
  settings: 4,
  ping: 6,
  goAway: 7,
  headers: 8,
  windowUpdate: 9,
} as const;

/** The last frame of its sender on this stream. */
export const SPDY_FLAG_FIN = 0x01;

/** Status codes of RST_STREAM, section 2.6.3, as far as they are sent here. */
export const SpdyRstStatus = { refusedStream: 3, cancel: 5 } as const;

/** The status code of a GOAWAY without error, section 2.6.6. */
export const SPDY_GOAWAY_OK = 0;
