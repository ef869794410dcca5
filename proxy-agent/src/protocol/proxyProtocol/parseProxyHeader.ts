import { isIPv4, isIPv6 } from 'node:net';

/** The longest header of version 1, with its line end, in bytes. */
const MAX_V1_BYTES = 107;
/** What a header of version 2 may have behind its fixed part: addresses and what a balancer adds, in bytes. */
const MAX_V2_REST_BYTES = 4096;

const V1_BEGINNING = Buffer.from('PROXY ');
const V2_SIGNATURE = Buffer.from('\r\n\r\n\0\r\nQUIT\n', 'latin1');
const V2_FIXED_BYTES = 16;

const V1_LINE =
  /^PROXY (?:UNKNOWN(?: .*)?|(TCP[46]) (\S+) (\S+) (\d{1,5}) (\d{1,5}))$/;

/** What the beginning of a connection says. */
export type ProxyHeader =
  /** It may become a header with the next bytes. */
  | { state: 'incomplete' }
  | { state: 'invalid' }
  | {
      state: 'complete';
      /** Address from which the client connected; absent when the balancer speaks for itself, or does not know. */
      source: string | undefined;
      /** Bytes of the header; what follows is the client's. */
      length: number;
    };

const INCOMPLETE: ProxyHeader = { state: 'incomplete' };
const INVALID: ProxyHeader = { state: 'invalid' };

/**
 * Parses the header that a balancer puts before a connection (HAProxy's PROXY
 * protocol, versions 1 and 2).
 *
 * ```
 * v1  PROXY TCP4 192.0.2.1 198.51.100.7 56324 6443\r\n
 *
 * v2  +-----------+---------+----------+--------+-----------+------+
 *     | signature | version | family   | length | addresses | TLVs |
 *     | 12 bytes  | command | protocol | 2      |           |      |
 *     +-----------+---------+----------+--------+-----------+------+
 * ```
 *
 * @param bytes - all that the connection has brought so far
 */
export function parseProxyHeader(bytes: Buffer): ProxyHeader {
  if (beginsLike(bytes, V1_BEGINNING)) {
    return parseV1(bytes);
  }
  return beginsLike(bytes, V2_SIGNATURE) ? parseV2(bytes) : INVALID;
}

/** Whether one of the two is the beginning of the other. */
function beginsLike(bytes: Buffer, beginning: Buffer): boolean {
  const length = Math.min(bytes.length, beginning.length);
  return bytes.subarray(0, length).equals(beginning.subarray(0, length));
}

function parseV1(bytes: Buffer): ProxyHeader {
  const line = bytes.toString('latin1', 0, MAX_V1_BYTES);
  const end = line.indexOf('\r\n');
  if (end < 0) {
    return bytes.length < MAX_V1_BYTES ? INCOMPLETE : INVALID;
  }
  const match = V1_LINE.exec(line.slice(0, end));
  if (!match) {
    return INVALID;
  }
  const [, family, source, destination, ...ports] = match;
  const length = end + 2;
  if (family === undefined) {
    return { state: 'complete', source: undefined, length };
  }
  const isAddress = family === 'TCP4' ? isIPv4 : isIPv6;
  return isAddress(source) &&
    isAddress(destination) &&
    ports.every(port => Number(port) <= 65535)
    ? { state: 'complete', source, length }
    : INVALID;
}

function parseV2(bytes: Buffer): ProxyHeader {
  if (bytes.length < V2_FIXED_BYTES) {
    return INCOMPLETE;
  }
  const command = bytes[12];
  const family = bytes[13];
  const restLength = bytes.readUInt16BE(14);
  const isLocal = command === 0x20;
  if ((!isLocal && command !== 0x21) || restLength > MAX_V2_REST_BYTES) {
    return INVALID;
  }
  const length = V2_FIXED_BYTES + restLength;
  if (bytes.length < length) {
    return INCOMPLETE;
  }
  const rest = bytes.subarray(V2_FIXED_BYTES, length);
  if (isLocal || (family !== 0x11 && family !== 0x21)) {
    // A health check of the balancer, or a family that no TCP client has.
    return { state: 'complete', source: undefined, length };
  }
  // Source and destination, then two ports.
  const addressBytes = family === 0x11 ? 4 : 16;
  if (rest.length < 2 * addressBytes + 4) {
    return INVALID;
  }
  return {
    state: 'complete',
    source: formatAddress(rest.subarray(0, addressBytes)),
    length,
  };
}

function formatAddress(bytes: Buffer): string {
  if (bytes.length === 4) {
    return bytes.join('.');
  }
  const groups = Array.from({ length: 8 }, (_, i) =>
    bytes.readUInt16BE(2 * i).toString(16),
  );
  return groups.join(':');
}
