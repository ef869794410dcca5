import { IncomingMessage, request as httpRequest } from 'node:http';
import type { Socket } from 'node:net';
import { z } from 'zod';
import {
  Hello,
  INSTANCE_HEADER,
  instanceSchema,
  MAX_LINE_BYTES,
  newNonce,
  NONCE_HEADER,
  nonceSchema,
  NO_PROXY,
  parseJson,
  readLine,
  signedText,
  STEP_TIMEOUT_MS,
  TUNNEL_PATH,
  TUNNEL_UPGRADE,
  TUNNEL_VERSION,
  verdictSchema,
  VERSION_HEADER,
  writeWhole,
} from '../transport';
import type { AgentIdentity } from './AgentIdentity';

const upgradedSchema = z.object({
  [NONCE_HEADER]: nonceSchema,
  [INSTANCE_HEADER]: instanceSchema,
});

/** What a proxy has said in its handshake. */
export type Offered = {
  /** Of the proxy. */
  instance: string;
  /** All that are behind the address, as far as the proxy knows. */
  instances: string[];
};

/** The agent has a tunnel to this instance of a proxy already. */
export class KnownInstanceError extends Error {
  readonly name = 'KnownInstanceError';

  constructor(readonly instance: string) {
    super('there is a tunnel to this proxy already');
  }
}

/**
 * The agent's part of the handshake, on a connection that was just made.
 *
 * @param options.reserve - says whether a tunnel to the instance is wanted
 * @throws KnownInstanceError when it is not; other errors when the proxy refuses or the connection breaks
 */
export async function offerTunnel(
  socket: Socket,
  options: {
    host: string;
    identity: AgentIdentity;
    hello: Hello;
    reserve: (instance: string) => boolean;
  },
): Promise<Offered> {
  const agentNonce = newNonce();
  const answer = await askForUpgrade(socket, options.host, agentNonce);
  const upgraded = upgradedSchema.safeParse(answer.headers);
  if (!upgraded.success) {
    throw new Error(NO_PROXY);
  }
  const { [NONCE_HEADER]: proxyNonce, [INSTANCE_HEADER]: instance } =
    upgraded.data;
  if (!options.reserve(instance)) {
    throw new KnownInstanceError(instance);
  }
  const hello = Buffer.from(JSON.stringify(options.hello)).toString(
    'base64url',
  );
  const signature = options.identity.sign(
    signedText({ agentNonce, proxyNonce, instance }, hello),
  );
  await writeWhole(socket, `${JSON.stringify({ hello, signature })}\n`);
  const line = await readLine(socket, {
    maxBytes: MAX_LINE_BYTES,
    timeoutMs: STEP_TIMEOUT_MS,
  });
  const verdict = parseJson(line, verdictSchema);
  if (!verdict) {
    throw new Error(NO_PROXY);
  }
  if (!verdict.accepted) {
    throw new Error(`the proxy refuses: ${verdict.reason ?? 'it says no why'}`);
  }
  return { instance, instances: verdict.instances ?? [instance] };
}

async function askForUpgrade(
  socket: Socket,
  host: string,
  nonce: string,
): Promise<IncomingMessage> {
  return await new Promise((resolve, reject) => {
    const timer = setTimeout(
      () => request.destroy(new Error('the proxy does not answer')),
      STEP_TIMEOUT_MS,
    );
    const settled = () => clearTimeout(timer);
    const request = httpRequest({
      createConnection: () => socket,
      path: TUNNEL_PATH,
      headers: {
        host,
        connection: 'Upgrade',
        upgrade: TUNNEL_UPGRADE,
        [VERSION_HEADER]: TUNNEL_VERSION,
        [NONCE_HEADER]: nonce,
      },
    });
    request.once('upgrade', (answer, _socket, head) => {
      settled();
      if (head.length > 0) {
        socket.unshift(head);
      }
      resolve(answer);
    });
    request.once('response', answer => {
      settled();
      answer.destroy();
      reject(
        new Error(
          answer.statusCode === 503
            ? 'the proxy is ending, or has too many handshakes at once (503)'
            : `what answers takes no tunnels: it answers with ${answer.statusCode}`,
        ),
      );
    });
    request.once('error', error => {
      settled();
      reject(error);
    });
    request.end();
  });
}
