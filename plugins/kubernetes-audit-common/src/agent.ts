import { z } from 'zod';
import { tunnelAgentNameSchema } from './tunnelNames';

const text = z.string().max(2048);

/** A cluster as its proxy announces it: no credential ever travels with it. @public */
export const announcedClusterSchema = z.object({
  name: z.string().min(1).max(253),
  /** URL of the API server. */
  endpoint: text.optional(),
  tags: z.record(z.string(), z.string()).default({}),
});

/** A cluster as its proxy announces it. @public */
export type AnnouncedCluster = z.infer<typeof announcedClusterSchema>;

/** A tunnel that ends in a proxy, as the proxy tells of it. @public */
export const tunnelStatusSchema = z.object({
  /** Of the agent. */
  name: tunnelAgentNameSchema,
  version: text,
  hostName: text.optional(),
  /** Where the connection comes from: the agent's address, or that of a balancer. */
  remoteAddress: text.optional(),
  connectedAt: z.string().max(64),
  /** Clusters that the agent has an API server for. */
  clusters: z.array(announcedClusterSchema).max(1000).default([]),
  /** Of the last probe that was answered, in milliseconds. */
  roundTripMs: z.number().nonnegative().optional(),
  /** Connections to API servers that are open through it. */
  streams: z.number().int().nonnegative(),
  /** Since it is connected. */
  receivedBytes: z.number().int().nonnegative(),
  sentBytes: z.number().int().nonnegative(),
  /** How often the agent has come again since the proxy was started. */
  reconnects: z.number().int().nonnegative(),
  /** It finishes what is under way and takes nothing more. */
  draining: z.boolean().default(false),
});

/** A tunnel that ends in a proxy, as the proxy tells of it. @public */
export type TunnelStatus = z.infer<typeof tunnelStatusSchema>;

/** Credentials whose use one heartbeat tells of at the most. @public */
export const MAX_CREDENTIAL_USES = 1000;

/** The body of `POST /v1/agent/heartbeat`. @public */
export const agentHeartbeatSchema = z.object({
  kind: z.enum(['proxy', 'tunnel']).default('proxy'),
  version: text,
  /** Which of the proxy's processes tells, from 1: each has a spool of its own. */
  worker: z.number().int().min(1).max(1024).optional(),
  hostName: text.optional(),
  /** Where kubectl reaches the proxy: `https://proxy.example.com:6443`. */
  publicUrl: z.url().optional(),
  /** PEM of the CA that kubectl must trust; absent when a public CA signed. */
  certificateAuthority: z.string().max(65_536).optional(),
  /** The audience of the credentials that the proxy accepts. */
  proxyGroup: z.string().max(253).optional(),
  clusters: z.array(announcedClusterSchema).max(10_000),
  bundleVersion: z.number().int().nonnegative().optional(),
  /** Made at the start of the proxy, one for all its processes: by it tunnel agents tell proxies behind one address apart. */
  instance: z.uuid().optional(),
  /** Absent from proxies that know no tunnels. */
  tunnels: z.array(tunnelStatusSchema).max(10_000).optional(),
  /** What the agent's clock says: ISO 8601. */
  sentAt: z.iso.datetime().optional(),
  /** Which credentials were used since the last heartbeat, and when last. */
  credentialUses: z
    .array(z.object({ id: z.string().max(128), usedAt: z.iso.datetime() }))
    .max(MAX_CREDENTIAL_USES)
    .optional(),
  spool: z
    .object({
      epoch: z.uuid(),
      /** Records not yet acknowledged. */
      depth: z.number().int().nonnegative(),
      bytes: z.number().int().nonnegative(),
    })
    .optional(),
});

/** What a proxy tells of itself. @public */
export type AgentHeartbeat = z.infer<typeof agentHeartbeatSchema>;

/** The answer of `POST /v1/agent/heartbeat`. @public */
export const heartbeatAnswerSchema = z.object({
  /** The instances of proxies that are behind the same public URL as the one that asks, itself included; absent from older portals. */
  instances: z.array(z.uuid()).optional(),
});

/** The answer of `POST /v1/agent/heartbeat`. @public */
export type HeartbeatAnswer = z.infer<typeof heartbeatAnswerSchema>;

/** `GET /v1/agents`: all workers of an agent as one. @public */
export type AgentStatus = Omit<
  AgentHeartbeat,
  'worker' | 'spool' | 'sentAt' | 'credentialUses'
> & {
  id: string;
  lastSeenAt: string;
  /** Processes that tell of themselves. */
  workers: number;
  /** How far its clock is ahead of the portal's, in milliseconds; less than 0 when it is behind. */
  clockAheadMs?: number;
  /** Of the process that has the oldest. */
  bundleVersion?: number;
  /** Of all processes together. */
  spool?: { depth: number; bytes: number };
};

/** Request header with the sender's agent id. @public */
export const AGENT_ID_HEADER = 'X-Agent-Id';
/** Request header with the UUID made with the sender's spool. @public */
export const SPOOL_EPOCH_HEADER = 'X-Spool-Epoch';
