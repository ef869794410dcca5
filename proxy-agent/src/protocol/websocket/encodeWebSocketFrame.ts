import { maskPayload } from './maskPayload';
import { WebSocketOpcode } from './WebSocketOpcode';

/** One frame to be written. */
export interface WebSocketFrame {
  opcode: (typeof WebSocketOpcode)[keyof typeof WebSocketOpcode];
  payload: Uint8Array;
  /** Whether the frame ends its message; true if not given. */
  final?: boolean;
  /** Four bytes, for client to server; without it the frame is not masked. */
  maskKey?: Uint8Array;
}

/** The bytes of one frame, with the shortest form of its length. */
export function encodeWebSocketFrame(frame: WebSocketFrame): Buffer {
  const { opcode, final = true, maskKey } = frame;
  const payload = Buffer.from(
    frame.payload.buffer,
    frame.payload.byteOffset,
    frame.payload.byteLength,
  );

  let header: Buffer;
  if (payload.length < 126) {
    header = Buffer.from([0, payload.length]);
  } else if (payload.length < 0x10000) {
    header = Buffer.alloc(4);
    header[1] = 126;
    header.writeUInt16BE(payload.length, 2);
  } else {
    header = Buffer.alloc(10);
    header[1] = 127;
    header.writeUInt32BE(Math.floor(payload.length / 2 ** 32), 2);
    header.writeUInt32BE(payload.length % 2 ** 32, 6);
  }
  header[0] = (final ? 0x80 : 0) | opcode;

  if (maskKey === undefined) {
    return Buffer.concat([header, payload]);
  }
  header[1] |= 0x80;
  return Buffer.concat([header, maskKey, maskPayload(payload, maskKey, 0)]);
}

/** The payload of a close frame that carries a status code and no reason. */
export function closePayload(code: number): Buffer {
  const payload = Buffer.alloc(2);
  payload.writeUInt16BE(code);
  return payload;
}
