import { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';

/** How long a client may go on after it was answered, in milliseconds: one whose connection is cut while it sends may lose the answer. */
const LINGER_MS = 5000;

/**
 * Answers a request whose connection Node has handed over for an upgrade that
 * does not take place; the connection ends with the answer.
 */
export function respondOnSocket(
  request: IncomingMessage,
  socket: Duplex,
  respond: (response: ServerResponse) => void,
): void {
  if (socket.destroyed) {
    return;
  }
  const response = new ServerResponse(request);
  response.shouldKeepAlive = false;
  // Node types it as a socket, and uses it as a stream.
  response.assignSocket(socket as Socket);
  response.once('finish', () => {
    response.detachSocket(socket as Socket);
    socket.end();
    const timer = setTimeout(() => socket.destroy(), LINGER_MS);
    socket.once('close', () => clearTimeout(timer));
  });
  // What the client still sends is nobody's any more.
  socket
    .on('data', () => {})
    .on('end', () => socket.end())
    .resume();
  respond(response);
}
