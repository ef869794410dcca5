import type { IncomingMessage } from 'node:http';
import { Readable, Transform } from 'node:stream';
import type { RequestBodyCapture } from '../audit';

/** A body of so many bytes at the most is read before it is sent on: that is cheaper than a stream. */
const MAX_BUFFERED_BODY_BYTES = 64 * 1024;
/** How long a client may go on with a body after it was answered, in milliseconds. */
const LINGER_MS = 5000;

/** Whether a request's head says that a body follows. */
export function hasBody(request: IncomingMessage): boolean {
  return (
    request.headers['transfer-encoding'] !== undefined ||
    Number(request.headers['content-length'] ?? 0) > 0
  );
}

/**
 * The body to send on, if there is one; each chunk is kept for the audit
 * before it goes on.
 *
 * @throws Error when the client goes away while a short body is read
 */
export async function requestBody(
  request: IncomingMessage,
  capture: RequestBodyCapture,
): Promise<Buffer | Readable | undefined> {
  if (!hasBody(request)) {
    return undefined;
  }
  const length = Number(request.headers['content-length'] ?? Infinity);
  if (length > MAX_BUFFERED_BODY_BYTES) {
    // Not an iterator of the request: when the API server answers early, the
    // end of that would end the client's connection, answer and all.
    const body = new Transform({
      transform(chunk, _encoding, done) {
        capture.push(chunk);
        done(null, chunk);
      },
    });
    // What breaks it is said by the exchange, whoever still listens here.
    return request.pipe(body.on('error', () => {}));
  }
  return await readWhole(request, capture);
}

/** With plain listeners: an iterator costs as much as all else about a short body. */
function readWhole(
  request: IncomingMessage,
  capture: RequestBodyCapture,
): Promise<Buffer> {
  const chunks: Buffer[] = [];
  return new Promise((resolve, reject) => {
    if (request.destroyed) {
      // Gone while the credential was looked at: no event comes any more.
      reject(new Error('the client has gone'));
    }
    request
      .on('data', chunk => {
        capture.push(chunk);
        chunks.push(chunk);
      })
      .once('end', () => resolve(Buffer.concat(chunks)))
      .on('error', reject)
      .once('close', () => reject(new Error('the client has gone')));
  });
}

/**
 * Reads what is left of a request that was answered already, for a while: a
 * client whose connection is cut while it sends may lose the answer.
 */
export function discardRest(request: IncomingMessage): void {
  if (request.complete || request.destroyed) {
    return;
  }
  const timer = setTimeout(() => request.socket.destroy(), LINGER_MS);
  request.once('close', () => clearTimeout(timer));
  request.unpipe().resume();
}
