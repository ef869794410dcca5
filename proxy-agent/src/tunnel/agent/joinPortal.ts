import { request as httpRequest } from 'node:http';
import type { Socket } from 'node:net';
import {
  TunnelJoin,
  TunnelJoined,
  tunnelJoinedSchema,
} from 'backstage-plugin-kubernetes-audit-common';
import {
  JOIN_PATH,
  joinRefusalSchema,
  NO_PROXY,
  parseJson,
} from '../transport';

/** How long the portal, behind the proxy, may take, in milliseconds. */
const JOIN_TIMEOUT_MS = 45_000;
/** Bytes of an answer. */
const MAX_ANSWER_BYTES = 256 * 1024;

/**
 * Joins, by way of a proxy.
 *
 * @throws Error in the portal's words when it refuses; another one when the signal comes first
 */
export async function joinPortal(
  socket: Socket,
  host: string,
  { join, signal }: { join: TunnelJoin; signal: AbortSignal },
): Promise<TunnelJoined> {
  const body = JSON.stringify(join);
  const deadline = AbortSignal.timeout(JOIN_TIMEOUT_MS);
  const { status, text } = await new Promise<{ status: number; text: string }>(
    (resolve, reject) => {
      const request = httpRequest({
        createConnection: () => socket,
        method: 'POST',
        path: JOIN_PATH,
        headers: {
          host,
          'content-type': 'application/json',
          'content-length': Buffer.byteLength(body),
        },
        signal: AbortSignal.any([signal, deadline]),
      });
      request.once('error', error =>
        reject(deadline.aborted ? new Error('there is no answer') : error),
      );
      request.once('response', response => {
        const chunks: Buffer[] = [];
        let size = 0;
        response.on('data', chunk => {
          size += chunk.length;
          chunks.push(chunk);
          if (size > MAX_ANSWER_BYTES) {
            request.destroy(new Error('the answer is too long'));
          }
        });
        response.once('end', () =>
          resolve({
            status: response.statusCode ?? 0,
            text: Buffer.concat(chunks).toString('utf8'),
          }),
        );
        response.once('error', reject);
      });
      request.end(body);
    },
  );
  if (status !== 200) {
    const message = parseJson(text, joinRefusalSchema)?.error.message;
    throw new Error(message ?? `the proxy answered with ${status}`);
  }
  const joined = parseJson(text, tunnelJoinedSchema);
  if (!joined) {
    throw new Error(NO_PROXY);
  }
  return joined;
}
