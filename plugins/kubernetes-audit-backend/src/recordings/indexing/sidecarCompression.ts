import {
  MAX_SIDECAR_JSON_BYTES,
  MAX_SIDECAR_KEYFRAME_BYTES,
  SIDECAR_HEADER_BYTES,
  SidecarError,
} from 'backstage-plugin-kubernetes-audit-common';
import { promisify } from 'node:util';
import { zstdCompress, zstdDecompress } from 'node:zlib';

const zstdCompressAsync = promisify(zstdCompress);
const zstdDecompressAsync = promisify(zstdDecompress);

/** A sidecar or a part as it is stored. */
export async function compressSidecar(bytes: Uint8Array): Promise<Uint8Array> {
  return zstdCompressAsync(bytes);
}

/** @throws SidecarError when it is no zstd, or of more bytes than a sidecar has */
export async function decompressSidecar(
  bytes: Uint8Array,
): Promise<Uint8Array> {
  try {
    return await zstdDecompressAsync(bytes, {
      maxOutputLength:
        SIDECAR_HEADER_BYTES +
        MAX_SIDECAR_JSON_BYTES +
        MAX_SIDECAR_KEYFRAME_BYTES,
    });
  } catch {
    throw new SidecarError('sidecar is not zstd, or exceeds its limit');
  }
}
