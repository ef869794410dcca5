import { request } from 'node:http';
import type { Socket } from 'node:net';
import {
  Challenge,
  INSTANCE_HEADER,
  newNonce,
  NONCE_HEADER,
  readLine,
  TUNNEL_VERSION,
  Verdict,
  VERSION_HEADER,
} from './tunnelInternals';

const LIMITS = { maxBytes: 100_000, timeoutMs: 5000 };

/** What an agent of another make does with a proxy, up to its challenge. */
export async function beginHandshake(
  proxyUrl: string,
  headers: Record<string, string> = {},
): Promise<{ socket: Socket; challenge: Challenge }> {
  const agentNonce = newNonce();
  const upgrade = request(`${proxyUrl}/v1/tunnel`, {
    headers: {
      connection: 'Upgrade',
      upgrade: 'kubernetes-audit-tunnel',
      [NONCE_HEADER]: agentNonce,
      [VERSION_HEADER]: TUNNEL_VERSION,
      ...headers,
    },
  });
  upgrade.end();
  return await new Promise((resolve, reject) => {
    upgrade.once('error', reject);
    upgrade.once('upgrade', (answer, socket: Socket) =>
      resolve({
        socket,
        challenge: {
          agentNonce,
          proxyNonce: `${answer.headers[NONCE_HEADER]}`,
          instance: `${answer.headers[INSTANCE_HEADER]}`,
        },
      }),
    );
  });
}

/** What the proxy says to a line. */
export async function verdictOn(
  socket: Socket,
  line: string,
): Promise<Verdict> {
  socket.on('error', () => {});
  socket.write(`${line}\n`);
  return JSON.parse(await readLine(socket, LIMITS));
}
