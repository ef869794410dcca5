import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';

/**
 * Answers a request whose connection Node has handed over for an upgrade that
 * does not take place; the connection ends with the answer.
 */
export function respondOnSocket(
  request: IncomingMessage,
  socket: Duplex,
  respond: (response: ServerResponse) => void,
): void {
  if (!(socket instanceof Socket) || socket.destroyed) {
    socket.destroy();
    return;
  }
  const response = new ServerResponse(request);
  response.shouldKeepAlive = false;
  response.assignSocket(socket);
  response.once('finish', () => {
    response.detachSocket(socket);
    socket.end();
  });
  respond(response);
}
