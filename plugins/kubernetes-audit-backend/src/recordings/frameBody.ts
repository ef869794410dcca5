import {
  Frame,
  FrameError,
  MAX_FRAME_BODY_BYTES,
} from 'backstage-plugin-kubernetes-audit-common';
import { promisify } from 'node:util';
import { gunzip, zstdDecompress } from 'node:zlib';

const gunzipAsync = promisify(gunzip);
const zstdDecompressAsync = promisify(zstdDecompress);

const LIMIT = { maxOutputLength: MAX_FRAME_BODY_BYTES };

/**
 * The events of a frame, without compression.
 *
 * @throws FrameError when it is encrypted, or does not hold what its header says
 */
export async function readFrameBody(frame: Frame): Promise<Uint8Array> {
  const { header } = frame;
  if (header.encrypted) {
    throw new FrameError(`frame ${header.sequence} is encrypted`);
  }
  const body = await decompress(frame);
  if (body.length !== header.uncompressedBytes) {
    throw new FrameError(
      `frame ${header.sequence} holds ${body.length} bytes, not ${header.uncompressedBytes}`,
    );
  }
  return body;
}

async function decompress({ header, body }: Frame): Promise<Uint8Array> {
  try {
    switch (header.compression) {
      case 'gzip':
        return await gunzipAsync(body, LIMIT);
      case 'zstd':
        return await zstdDecompressAsync(body, LIMIT);
      default:
        return body;
    }
  } catch {
    throw new FrameError(
      `frame ${header.sequence} is not ${header.compression} of at most ${MAX_FRAME_BODY_BYTES} bytes`,
    );
  }
}
