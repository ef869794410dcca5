/** Frame types of RFC 6455, section 5.2. Those not named here are reserved. */
export const WebSocketOpcode = {
  continuation: 0x0,
  text: 0x1,
  binary: 0x2,
  close: 0x8,
  ping: 0x9,
  pong: 0xa,
} as const;

/** The opcodes a message can begin with. */
export type WebSocketDataOpcode =
  | typeof WebSocketOpcode.text
  | typeof WebSocketOpcode.binary;

/** The opcodes of control frames: at most 125 bytes, never fragmented. */
export type WebSocketControlOpcode =
  | typeof WebSocketOpcode.close
  | typeof WebSocketOpcode.ping
  | typeof WebSocketOpcode.pong;

/** RFC 6455, section 7.4.1: the end that a kubectl takes for a good one. */
export const WEBSOCKET_CLOSE_NORMAL = 1000;
