import type { IncomingMessage } from 'node:http';
import { clientResponseHeaders } from './upstreamHeaders';

/** The head of an API server's agreement to an upgrade, as the client gets it. */
export function switchingProtocols(answer: IncomingMessage): Buffer {
  const lines = [
    `HTTP/1.1 101 ${answer.statusMessage}`,
    'Connection: Upgrade',
    `Upgrade: ${answer.headers.upgrade}`,
  ];
  const headers = clientResponseHeaders(answer.rawHeaders);
  for (let i = 0; i < headers.length; i += 2) {
    lines.push(`${headers[i]}: ${headers[i + 1]}`);
  }
  return Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1');
}
