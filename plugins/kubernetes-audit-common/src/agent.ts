import { z } from 'zod';

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
  /** What the agent's clock says: ISO 8601. */
  sentAt: z.iso.datetime().optional(),
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

/** `GET /v1/agents`: all workers of an agent as one. @public */
export type AgentStatus = Omit<
  AgentHeartbeat,
  'worker' | 'spool' | 'sentAt'
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
