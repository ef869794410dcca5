import {
  closePayload,
  encodeWebSocketFrame,
  WebSocketFrame,
  WebSocketOpcode,
} from '../websocket';

const MASK = Buffer.from([1, 2, 3, 4]);

/** A frame of a server, binary if not said otherwise. */
export function frame(
  payload: Uint8Array | string,
  more?: Partial<WebSocketFrame>,
) {
  const opcode = WebSocketOpcode.binary;
  return encodeWebSocketFrame({
    opcode,
    payload: Buffer.from(payload),
    ...more,
  });
}

/** A frame of a client. */
export function masked(
  payload: Uint8Array | string,
  more?: Partial<WebSocketFrame>,
) {
  return frame(payload, { ...more, maskKey: MASK });
}

export const CONTINUATION = { opcode: WebSocketOpcode.continuation };
export const OPEN = { final: false };
export const CLOSE_FRAME = encodeWebSocketFrame({
  opcode: WebSocketOpcode.close,
  payload: closePayload(1000),
});
