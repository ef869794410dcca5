import { z } from 'zod';
import { tunnelAgentNameSchema, tunnelTagsSchema } from './tunnelNames';

const MAX_LIST = 1024;
/** Characters of a pattern. */
const MAX_PATTERN = 1024;
const pattern = z.string().min(1).max(MAX_PATTERN);
const patterns = z.array(pattern).max(MAX_LIST);

/** `15m`, `8h`, `1h30m`, `250ms`: a sum of numbers with units ms, s, m, h, d. */
const DURATION = /^(?:\d+(?:ms|s|m|h|d))+$/;
const DURATION_UNITS: Record<string, number> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

/** A duration in text: `15m`, `8h`, `1h30m`. @public */
export const durationSchema = z
  .string()
  .max(64)
  .regex(DURATION, 'expected a duration like 15m, 8h or 1h30m');

/** The milliseconds of a duration that {@link durationSchema} accepts. @public */
export function durationToMilliseconds(duration: string): number {
  let total = 0;
  for (const [, amount, unit] of duration.matchAll(/(\d+)(ms|s|m|h|d)/g)) {
    total += Number(amount) * DURATION_UNITS[unit];
  }
  return total;
}

/**
 * One rule of a role. Each list holds names, globs (`*`, `?`) or `/regular
 * expressions/` in RE2 syntax. A deny wins over every allow.
 *
 * @public
 */
export const roleRuleSchema = z.strictObject({
  effect: z.enum(['allow', 'deny']),
  /** The core group is `''`, as in Kubernetes' own roles. */
  apiGroups: z.array(z.string().max(MAX_PATTERN)).max(MAX_LIST).default(['*']),
  /** `pods`, `pods/*`; `*` alone means all but the `proxy` subresources. */
  resources: patterns.default([]),
  /** Paths such as `/version` or `/healthz/*`. */
  nonResourceUrls: patterns.default([]),
  namespaces: patterns.default(['*']),
  names: patterns.default(['*']),
  verbs: patterns,
});

/** One rule of a role. @public */
export type RoleRule = z.infer<typeof roleRuleSchema>;

/** Idle time after which a session ends unless its role says otherwise. @public */
export const DEFAULT_SESSION_IDLE_TIMEOUT = '15m';

/** A role: who, where, what, and as which groups. @public */
export const roleSchema = z.strictObject({
  name: z.string().min(1).max(253),
  /** Catalog entity refs of users, or of groups through ownership claims. */
  subjects: z.array(z.string().min(1).max(512)).max(MAX_LIST),
  /** Names with globs, or a selector by tags. */
  clusters: z.union([
    patterns,
    z.strictObject({ tags: z.record(z.string(), pattern) }),
  ]),
  /** The groups that the proxy impersonates. */
  kubernetesGroups: z.array(z.string().min(1).max(512)).max(256).default([]),
  /** What `--as` and `--as-group` may name. */
  impersonation: z
    .strictObject({
      users: patterns.default([]),
      groups: patterns.default([]),
    })
    .default({ users: [], groups: [] }),
  rules: z.array(roleRuleSchema).max(MAX_LIST),
  conditions: z
    .strictObject({ clientIps: z.array(z.string()).max(MAX_LIST).optional() })
    .default({}),
  session: z
    .strictObject({
      idleTimeout: durationSchema.default(DEFAULT_SESSION_IDLE_TIMEOUT),
      maxDuration: durationSchema.optional(),
      record: z.boolean().default(true),
      /** Also record what the user types in a terminal; `all` also what is piped in without one. */
      recordInput: z.union([z.boolean(), z.literal('all')]).default(false),
      /** A line that tells the user that the session is recorded. */
      banner: z.string().max(1024).optional(),
    })
    .default({
      idleTimeout: DEFAULT_SESSION_IDLE_TIMEOUT,
      record: true,
      recordInput: false,
    }),
});

/** A role. @public */
export type Role = z.infer<typeof roleSchema>;

/**
 * A cluster's name and tags, as the portal's configuration has them. A tag
 * stands in for the one of the same key that the proxy's configuration gives.
 *
 * @public
 */
export const clusterTagsSchema = z.object({
  name: z.string().min(1).max(253),
  tags: z.record(z.string(), z.string()),
});

/** A cluster's name and tags. @public */
export type ClusterTags = z.infer<typeof clusterTagsSchema>;

/** A public key in JWK form. @public */
export const publicKeySchema = z
  .object({ kid: z.string(), kty: z.string(), alg: z.string() })
  .loose();

/** A public key in JWK form. @public */
export type PublicKey = z.infer<typeof publicKeySchema>;

/**
 * A reverse-tunnel agent that proxies may take connections of. Name, tags and
 * clusters are those that its join token had; an agent that is not here any
 * more was revoked.
 *
 * @public
 */
export const tunnelAgentSchema = z.object({
  name: tunnelAgentNameSchema,
  tags: tunnelTagsSchema,
  /** Names of the clusters that calls may reach through it, with globs. */
  clusters: patterns,
  key: publicKeySchema,
});

/** A reverse-tunnel agent that proxies may take connections of. @public */
export type TunnelAgent = z.infer<typeof tunnelAgentSchema>;

/**
 * What a proxy needs to decide by itself, signed by the portal as one compact
 * JWS. A proxy refuses a version lower than the one that it has.
 *
 * @public
 */
export const policyBundleSchema = z.object({
  /** Milliseconds since 1970 of the content's last change: grows over a lost database too. */
  version: z.number().int().positive(),
  issuedAt: z.string(),
  /** The `iss` of the credentials that the portal issues. */
  issuer: z.string(),
  roles: z.array(roleSchema),
  /** Absent from portals that know no tags of their own. */
  clusters: z.array(clusterTagsSchema).optional(),
  /** Absent from portals that know no tunnels. */
  tunnels: z.array(tunnelAgentSchema).optional(),
  /** Keys that verify credentials and the next bundle. */
  keys: z.array(publicKeySchema).min(1),
  revocations: z.object({
    /** Ids (`jti`) of revoked credentials. */
    credentials: z.array(z.string()),
    /** Credentials of these users issued before a time, in seconds since 1970; entity refs are compared without case. */
    users: z.array(
      z.object({ entityRef: z.string(), issuedBefore: z.number() }),
    ),
  }),
});

/** What a proxy needs to decide by itself. @public */
export type PolicyBundle = z.infer<typeof policyBundleSchema>;

/** The `typ` of a JWS in {@link policyAnswerSchema | keyChain}. @public */
export const KEY_ENDORSEMENT_TYPE = 'kubernetes-audit-key+jwt';

/**
 * The answer of `GET /v1/agent/bundle`.
 *
 * @public
 */
export const policyAnswerSchema = z.object({
  /** A {@link PolicyBundle} as a compact JWS. */
  bundle: z.string(),
  /**
   * One compact JWS for each key but the first, the oldest first: its payload
   * is the key's {@link publicKeySchema | JWK}, its signer the key before, whose
   * JWK stands in the header `jwk`. So who trusts any of the keys that there
   * ever were can trust those of today.
   */
  keyChain: z.array(z.string()).optional(),
  /** Names of the clusters that the agent may speak of; `*` and `?` are globs. */
  clusters: z.array(z.string()).optional(),
});

/** The answer of `GET /v1/agent/bundle`. @public */
export type PolicyAnswer = z.infer<typeof policyAnswerSchema>;
