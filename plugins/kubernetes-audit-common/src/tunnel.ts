import { z } from 'zod';
import type { AgentStatus, TunnelStatus } from './agent';
import { publicKeySchema } from './policy';
import { tunnelAgentNameSchema, tunnelTagsSchema } from './tunnelNames';

/** What a join token begins with. */
const JOIN_TOKEN_PREFIX = 'kubernetes-audit-join.';
/** Says what is proved by a join, so that the proof is good for nothing else. */
const JOIN_PURPOSE = 'kubernetes-audit-tunnel-join/1';

const clusterPatterns = z.array(z.string().min(1).max(253)).min(1).max(1024);

/** The body of `POST /v1/tunnels/tokens`. @public */
export const joinTokenRequestSchema = z.strictObject({
  name: tunnelAgentNameSchema,
  tags: tunnelTagsSchema.refine(
    tags => Object.keys(tags).length > 0,
    'expected at least one tag',
  ),
  /** Names of the clusters that calls may reach through the agent, with globs. */
  clusters: clusterPatterns,
  /** How long the token is good for, in seconds. */
  lifetimeSeconds: z
    .number()
    .int()
    .min(60)
    .max(7 * 86_400)
    .default(3600),
});

/** The body of `POST /v1/tunnels/tokens`. @public */
export type JoinTokenRequest = z.input<typeof joinTokenRequestSchema>;

/** The answer of `POST /v1/tunnels/tokens`. @public */
export type JoinTokenResponse = {
  /** Shown once. */
  token: string;
  expiresAt: string;
};

/** A join token that still lets an agent join, in `GET /v1/tunnels/tokens`: never the token itself. @public */
export type PendingJoinToken = TunnelJoined & {
  id: string;
  /** The user entity ref of who made it. */
  createdBy: string;
  expiresAt: string;
};

/** What a join token says. Its secret never travels: it only signs. @public */
export const joinTokenSchema = z.object({
  id: z.uuid(),
  secret: z.string().min(32).max(256),
  name: tunnelAgentNameSchema,
  tags: tunnelTagsSchema,
  clusters: clusterPatterns,
});

/** What a join token says. @public */
export type JoinToken = z.infer<typeof joinTokenSchema>;

/** A join token as it is handed to the agent. @public */
export function formatJoinToken(token: JoinToken): string {
  // Only ASCII: names, tags and globs of others are escaped.
  const json = JSON.stringify(token).replace(
    /[\u0080-\uffff]/g,
    c => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  return `${JOIN_TOKEN_PREFIX}${btoa(json)
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replace(/=+$/, '')}`;
}

/**
 * Reads what {@link formatJoinToken} has written.
 *
 * @throws Error when it is no join token; the message does not repeat it
 * @public
 */
export function parseJoinToken(text: string): JoinToken {
  const body = text.trim();
  try {
    if (!body.startsWith(JOIN_TOKEN_PREFIX)) {
      throw new Error('another beginning');
    }
    const base64 = body
      .slice(JOIN_TOKEN_PREFIX.length)
      .replaceAll('-', '+')
      .replaceAll('_', '/');
    return joinTokenSchema.parse(JSON.parse(atob(base64)));
  } catch {
    throw new Error('this is no join token, or only a part of one');
  }
}

/**
 * What the secret of a join token signs (HMAC-SHA-256): that this key is the
 * agent's. Whoever relays the join can put no other key in its place.
 *
 * @param thumbprint - RFC 7638, SHA-256
 * @public
 */
export function joinProofText(tokenId: string, thumbprint: string): string {
  return `${JOIN_PURPOSE}\n${tokenId}\n${thumbprint}`;
}

/** The body of `POST /v1/agent/tunnels/join`, which a proxy relays. @public */
export const tunnelJoinSchema = z.object({
  tokenId: z.uuid(),
  key: publicKeySchema,
  /** Of {@link joinProofText}, in base64url. */
  proof: z.string().max(128),
});

/** The body of `POST /v1/agent/tunnels/join`. @public */
export type TunnelJoin = z.infer<typeof tunnelJoinSchema>;

/** The answer of `POST /v1/agent/tunnels/join`. @public */
export const tunnelJoinedSchema = z.object({
  name: tunnelAgentNameSchema,
  tags: tunnelTagsSchema,
  clusters: clusterPatterns,
});

/** The answer of `POST /v1/agent/tunnels/join`. @public */
export type TunnelJoined = z.infer<typeof tunnelJoinedSchema>;

/** A tunnel agent in `GET /v1/agents`. @public */
export type TunnelAgentStatus = TunnelJoined & {
  joinedAt: string;
  /** Its connections to proxies; none while it is away. */
  connections: (TunnelStatus & { proxy: string })[];
};

/** `GET /v1/agents`. @public */
export type AgentList = {
  items: AgentStatus[];
  tunnels: TunnelAgentStatus[];
  /** Whether the caller may let tunnel agents join, and revoke them. */
  mayManage: boolean;
};
