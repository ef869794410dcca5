import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import {
  announcedClusterSchema,
  tunnelAgentNameSchema,
} from 'backstage-plugin-kubernetes-audit-common';

/*
 * How an agent and a proxy begin, on a connection that the agent has dialled:
 *
 *   agent                                              proxy
 *     │ GET /v1/tunnel, Upgrade: kubernetes-audit-tunnel │
 *     │ …-Version: 1, …-Nonce: <agent's>                 │
 *     ├─────────────────────────────────────────────────▶│
 *     │       101, …-Nonce: <proxy's>, …-Instance: <id>  │
 *     │◀─────────────────────────────────────────────────┤
 *     │ {"hello": "<base64url>", "signature": "…"}\n      │
 *     ├─────────────────────────────────────────────────▶│
 *     │                 {"accepted": true, …}\n            │
 *     │◀─────────────────────────────────────────────────┤
 *     │ HTTP/2: the proxy is the client                  │
 *
 * The signature is over both nonces and the proxy's instance: a balancer that
 * ends TLS on the way can pass it on to this proxy, and to no other.
 */

/** Where a proxy takes tunnels. */
export const TUNNEL_PATH = '/v1/tunnel';
/** Where a proxy relays joins to the portal. */
export const JOIN_PATH = '/v1/tunnel/join';
/** What the connection is upgraded to. */
export const TUNNEL_UPGRADE = 'kubernetes-audit-tunnel';
/** Grows when a side can no longer talk to an older one. */
export const TUNNEL_VERSION = '1';

/** Where, in the tunnel, the agent is told what changes while it is connected. */
export const NEWS_PATH = '/news';

export const VERSION_HEADER = 'kubernetes-audit-tunnel-version';
export const NONCE_HEADER = 'kubernetes-audit-tunnel-nonce';
export const INSTANCE_HEADER = 'kubernetes-audit-tunnel-instance';

const NONCE_BYTES = 32;
/** The longest line of a handshake, in bytes: a thousand clusters. */
export const MAX_LINE_BYTES = 256 * 1024;
/** How long the other side may take for each step, in milliseconds. */
export const STEP_TIMEOUT_MS = 10_000;

const base64url = z
  .string()
  .max(MAX_LINE_BYTES)
  .regex(/^[A-Za-z0-9_-]+$/);

export const nonceSchema = base64url.length(43);
export const instanceSchema = z.uuid();

/** What an agent says of itself; fields that are not known yet are passed over. */
export const helloSchema = z.object({
  name: tunnelAgentNameSchema,
  version: z.string().max(256),
  hostName: z.string().max(256).optional(),
  /** Those that it is configured for. */
  clusters: z.array(announcedClusterSchema).max(1000),
});

/** What an agent says of itself. */
export type Hello = z.infer<typeof helloSchema>;

/** The agent's line. */
export const signedHelloSchema = z.object({
  /** JSON of a {@link Hello}, in base64url: what is signed is what is read. */
  hello: base64url,
  /** Of {@link signedText}, in base64url. */
  signature: base64url.max(1024),
});

/** The proxy's line. */
export const verdictSchema = z.object({
  accepted: z.boolean(),
  /** Why not, in words for an operator. */
  reason: z.string().max(4096).optional(),
  /** Instances behind this address, as far as the proxy knows. */
  instances: z.array(instanceSchema).max(10_000).optional(),
});

/** The proxy's line. */
export type Verdict = z.infer<typeof verdictSchema>;

/** Why an agent may not join, in words for an operator: the body of an answer that is no 200. */
export const joinRefusalSchema = z.object({
  error: z.object({ message: z.string() }),
});

/** Something else listens at the address of a proxy. */
export const NO_PROXY = 'what answers is no proxy that takes tunnels';

/** What a signature is good for: this connection alone. */
export type Challenge = {
  agentNonce: string;
  proxyNonce: string;
  /** Of the proxy. */
  instance: string;
};

export function newNonce(): string {
  return randomBytes(NONCE_BYTES).toString('base64url');
}

/** What an agent signs; no part of it contains a line break. */
export function signedText(challenge: Challenge, hello: string): Buffer {
  const { agentNonce, proxyNonce, instance } = challenge;
  return Buffer.from(
    [
      `${TUNNEL_UPGRADE}/${TUNNEL_VERSION}`,
      agentNonce,
      proxyNonce,
      instance,
      hello,
    ].join('\n'),
  );
}
