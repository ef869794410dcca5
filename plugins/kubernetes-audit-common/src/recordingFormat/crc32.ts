import { portableCrc32 } from './portableCrc32';

/** Node's own, four times as fast. Asked for in a way that no bundler follows. */
const nativeCrc32 = globalThis.process?.getBuiltinModule?.('node:zlib')?.crc32;

/**
 * CRC-32 (ISO-HDLC, as in gzip) of the bytes, continuing from an earlier one.
 *
 * @returns an unsigned 32-bit integer
 * @public
 */
export function crc32(bytes: Uint8Array, previous: number = 0): number {
  return nativeCrc32
    ? nativeCrc32(bytes, previous)
    : portableCrc32(bytes, previous);
}
