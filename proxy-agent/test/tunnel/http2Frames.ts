/*
 * HTTP/2 (RFC 9113) byte by byte, for what no well-behaved library sends.
 *
 *   ┌────────────┬─────────┬──────────┬─────────────┬─────────┐
 *   │ length: 24 │ type: 8 │ flags: 8 │ stream: 32  │ payload │
 *   └────────────┴─────────┴──────────┴─────────────┴─────────┘
 */

export const FRAME = {
  data: 0,
  headers: 1,
  resetStream: 3,
  settings: 4,
  pushPromise: 5,
  ping: 6,
  goAway: 7,
  windowUpdate: 8,
  continuation: 9,
} as const;

export const END_STREAM = 0x1;
export const END_HEADERS = 0x4;

const HEAD_BYTES = 9;

/** What a client begins with. */
export const PREFACE = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');

export function frame(
  type: number,
  options: { flags?: number; stream?: number; payload?: Buffer } = {},
): Buffer {
  const { flags = 0, stream = 0, payload = Buffer.alloc(0) } = options;
  const head = Buffer.alloc(HEAD_BYTES);
  head.writeUIntBE(payload.length, 0, 3);
  head.writeUInt8(type, 3);
  head.writeUInt8(flags, 4);
  head.writeUInt32BE(stream, 5);
  return Buffer.concat([head, payload]);
}

/** A number as the payload of a frame. */
export function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

/** One setting: its number (RFC 9113, section 6.5.2) and its value. */
export function setting(id: number, value: number): Buffer {
  const bytes = Buffer.alloc(6);
  bytes.writeUInt16BE(id, 0);
  bytes.writeUInt32BE(value, 2);
  return bytes;
}

/** A header as HPACK (RFC 7541, section 6.2.2) has one that nobody has heard of; both parts below 127 bytes. */
export function header(name: string, value: string): Buffer {
  const text = (part: string) => [
    Buffer.from([part.length]),
    Buffer.from(part, 'latin1'),
  ];
  return Buffer.concat([Buffer.from([0]), ...text(name), ...text(value)]);
}

/** The headers of a stream for a cluster. */
export function connectTo(clusterName: string): Buffer {
  return Buffer.concat([
    header(':method', 'CONNECT'),
    header(':authority', clusterName),
  ]);
}
