import type { Duplex } from 'node:stream';

const LINE_FEED = 0x0a;

/**
 * The next line of a stream, without its end; what follows it stays in the
 * stream.
 *
 * @param limits.timeoutMs - how long the whole line may take, in milliseconds
 * @throws Error when it is too long, takes too long, or the stream ends before
 */
export async function readLine(
  stream: Duplex,
  limits: { maxBytes: number; timeoutMs: number },
): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  return await new Promise<string>((resolve, reject) => {
    const settle = () => {
      clearTimeout(timer);
      stream
        .off('readable', read)
        .off('end', gone)
        .off('close', gone)
        .off('error', fail);
    };
    const fail = (error: Error) => {
      settle();
      reject(error);
    };
    const gone = () => fail(new Error('the connection was closed'));
    const read = () => {
      for (;;) {
        const chunk: Buffer | null = stream.read();
        if (!chunk) {
          return;
        }
        const end = chunk.indexOf(LINE_FEED);
        chunks.push(end < 0 ? chunk : chunk.subarray(0, end));
        size += chunks[chunks.length - 1].length;
        if (size > limits.maxBytes) {
          fail(new Error('the other side says too much'));
          return;
        }
        if (end >= 0) {
          settle();
          if (end + 1 < chunk.length) {
            stream.unshift(chunk.subarray(end + 1));
          }
          resolve(Buffer.concat(chunks).toString('utf8'));
          return;
        }
      }
    };
    const timer = setTimeout(
      () => fail(new Error('the other side takes too long')),
      limits.timeoutMs,
    );
    if (stream.destroyed) {
      gone();
      return;
    }
    stream.on('readable', read).on('end', gone).on('close', gone);
    stream.on('error', fail);
    read();
  });
}
