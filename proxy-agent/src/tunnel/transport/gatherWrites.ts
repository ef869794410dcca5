import type { Http2Stream } from 'node:http2';

/** So much is copied into one piece, in bytes; larger ones go as they are. */
const MAX_GATHERED_BYTES = 64 * 1024;

/**
 * Makes buffers of what waits to be written to a stream.
 *
 * Node 24 keeps no hold of strings in a gathered write of an HTTP/2 stream:
 * their memory is used for something else before it is sent, so a head and a
 * short body, which HTTP/1.1 writes together, arrive damaged. Buffers are safe.
 */
export function gatherWrites<T extends Http2Stream>(stream: T): T {
  const writev = stream._writev?.bind(stream);
  if (!writev) {
    return stream;
  }
  stream._writev = (pieces, done) => {
    const buffers = pieces.map(({ chunk, encoding }) =>
      typeof chunk === 'string' ? Buffer.from(chunk, encoding) : chunk,
    );
    const size = buffers.reduce((sum, { length }) => sum + length, 0);
    writev(
      (size <= MAX_GATHERED_BYTES
        ? [Buffer.concat(buffers, size)]
        : buffers
      ).map(chunk => ({ chunk, encoding: 'utf8' as const })),
      done,
    );
  };
  return stream;
}
