import type { Duplex } from 'node:stream';

/**
 * Writes to a stream, and waits until the write is done. A connection may
 * become an HTTP/2 session only then: Node ends the whole process when one of
 * TLS reports a write that the session has not made.
 *
 * @throws Error when the connection breaks
 */
export async function writeWhole(stream: Duplex, text: string): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    stream.write(text, error => (error ? reject(error) : resolve()));
  });
}
