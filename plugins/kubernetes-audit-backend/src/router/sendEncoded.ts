import type { Request, Response } from 'express';
import { promisify } from 'node:util';
import { constants, gzip } from 'node:zlib';

const gzipAsync = promisify(gzip);

/** Answers with bytes, compressed when the client says that it can take that. */
export async function sendEncoded(
  request: Request,
  response: Response,
  bytes: Uint8Array,
): Promise<void> {
  response.vary('Accept-Encoding');
  const encoding = request.acceptsEncodings('gzip', 'identity');
  if (encoding === false) {
    response.status(406).end();
    return;
  }
  const isCompressed = encoding === 'gzip';
  const body = isCompressed
    ? await gzipAsync(bytes, { level: constants.Z_BEST_SPEED })
    : bytes;
  response.set({
    'Content-Type': 'application/octet-stream',
    'Content-Length': String(body.length),
    // No copy of a session stays behind on a disk.
    'Cache-Control': 'no-store',
    ...(isCompressed && { 'Content-Encoding': 'gzip' }),
  });
  response.end(body);
}
