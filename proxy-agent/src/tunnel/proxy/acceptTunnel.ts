import { createPublicKey, KeyObject, verify } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { TunnelAgent } from 'backstage-plugin-kubernetes-audit-common';
import {
  Challenge,
  Hello,
  helloSchema,
  INSTANCE_HEADER,
  MAX_LINE_BYTES,
  newNonce,
  NONCE_HEADER,
  nonceSchema,
  parseJson,
  readLine,
  signedHelloSchema,
  signedText,
  STEP_TIMEOUT_MS,
  TUNNEL_UPGRADE,
  TUNNEL_VERSION,
  Verdict,
  VERSION_HEADER,
  writeWhole,
} from '../transport';

/** A connection is not taken for a tunnel; the message may be told. */
export class TunnelRefusedError extends Error {
  readonly name = 'TunnelRefusedError';
}

const NOT_KNOWN =
  'this agent has not joined, was revoked, or has another key; a portal that was just told needs some seconds to tell the proxies';

/** A key that the portal has published; undefined when it is of a kind that this proxy does not know. */
function keyOf(agent: TunnelAgent): KeyObject | undefined {
  try {
    return createPublicKey({ key: agent.key, format: 'jwk' });
  } catch {
    return undefined;
  }
}

function isSignedBy(
  agent: TunnelAgent,
  text: Buffer,
  signature: string,
): boolean {
  const key = keyOf(agent);
  return (
    key?.asymmetricKeyType === 'ed25519' &&
    verify(undefined, text, key, Buffer.from(signature, 'base64url'))
  );
}

/**
 * The proxy's part of the handshake, up to its verdict.
 *
 * @throws TunnelRefusedError, other errors when the connection breaks
 */
export async function challengeAgent(
  request: IncomingMessage,
  socket: Duplex,
  options: {
    instance: string;
    agentOf: (name: string) => TunnelAgent | undefined;
  },
): Promise<Hello> {
  const agentNonce = nonceSchema.safeParse(request.headers[NONCE_HEADER]).data;
  const challenge: Challenge = {
    agentNonce: agentNonce ?? '',
    proxyNonce: newNonce(),
    instance: options.instance,
  };
  await writeWhole(
    socket,
    [
      'HTTP/1.1 101 Switching Protocols',
      'Connection: Upgrade',
      `Upgrade: ${TUNNEL_UPGRADE}`,
      `${VERSION_HEADER}: ${TUNNEL_VERSION}`,
      `${NONCE_HEADER}: ${challenge.proxyNonce}`,
      `${INSTANCE_HEADER}: ${challenge.instance}`,
      '\r\n',
    ].join('\r\n'),
  );
  const line = await readLine(socket, {
    maxBytes: MAX_LINE_BYTES,
    timeoutMs: STEP_TIMEOUT_MS,
  });
  if (!agentNonce) {
    throw new TunnelRefusedError('the agent sent no nonce');
  }
  if (request.headers[VERSION_HEADER] !== TUNNEL_VERSION) {
    throw new TunnelRefusedError(
      `this proxy speaks version ${TUNNEL_VERSION} of the protocol, and the agent another one`,
    );
  }
  const signed = parseJson(line, signedHelloSchema);
  const hello = parseJson(
    Buffer.from(signed?.hello ?? '', 'base64url').toString('utf8'),
    helloSchema,
  );
  if (!signed || !hello) {
    throw new TunnelRefusedError('what the agent says cannot be read');
  }
  const agent = options.agentOf(hello.name);
  if (
    !agent ||
    !isSignedBy(agent, signedText(challenge, signed.hello), signed.signature)
  ) {
    throw new TunnelRefusedError(NOT_KNOWN);
  }
  return hello;
}

/** Ends the handshake. */
export async function tellVerdict(
  socket: Duplex,
  verdict: Verdict,
): Promise<void> {
  await writeWhole(socket, `${JSON.stringify(verdict)}\n`);
}
