import type { Knex } from 'knex';
import {
  AgentHeartbeat,
  AgentStatus,
} from 'backstage-plugin-kubernetes-audit-common';

/** A worker that is silent for so long beside others of its agent is one no more, in milliseconds. */
const WORKER_GONE_MS = 60_000;

type KeptHeartbeat = Omit<AgentHeartbeat, 'sentAt' | 'credentialUses'> &
  Pick<AgentStatus, 'clockAheadMs'>;

type AgentRow = {
  id: string;
  /** From 1. */
  worker: number;
  /** JSON of a {@link KeptHeartbeat}. */
  heartbeat: string;
  last_seen_at: number | string;
};

/** Keeps the last heartbeat of each agent's workers. */
export interface HeartbeatStore {
  record(agentId: string, heartbeat: AgentHeartbeat): Promise<void>;

  /** By id. */
  list(): Promise<AgentStatus[]>;
}

/** Keeps heartbeats in the database. */
export class DatabaseHeartbeatStore implements HeartbeatStore {
  static create(options: {
    knex: Knex;
    now: () => number;
  }): DatabaseHeartbeatStore {
    return new DatabaseHeartbeatStore(options.knex, options.now);
  }

  private constructor(
    private readonly knex: Knex,
    private readonly now: () => number,
  ) {}

  async record(
    agentId: string,
    { sentAt, credentialUses: _, ...heartbeat }: AgentHeartbeat,
  ): Promise<void> {
    const now = this.now();
    const kept: KeptHeartbeat = {
      ...heartbeat,
      ...(sentAt && { clockAheadMs: Date.parse(sentAt) - now }),
    };
    await this.knex<AgentRow>('agents')
      .insert({
        id: agentId,
        worker: heartbeat.worker ?? 1,
        heartbeat: JSON.stringify(kept),
        last_seen_at: now,
      })
      .onConflict(['id', 'worker'])
      .merge();
  }

  async list(): Promise<AgentStatus[]> {
    const rows = await this.knex<AgentRow>('agents')
      .orderBy('id')
      .orderBy('last_seen_at', 'desc')
      .orderBy('worker');
    const byAgent = new Map<string, AgentRow[]>();
    for (const row of rows) {
      byAgent.set(row.id, [...(byAgent.get(row.id) ?? []), row]);
    }
    return [...byAgent.values()].map(toStatus);
  }
}

/** @param rows - of one agent, the newest first */
function toStatus(rows: AgentRow[]): AgentStatus {
  const lastSeenAt = Number(rows[0].last_seen_at);
  const heartbeats = rows
    .filter(row => lastSeenAt - Number(row.last_seen_at) < WORKER_GONE_MS)
    .map(row => JSON.parse(row.heartbeat) as KeptHeartbeat);
  const [{ worker: _, spool: __, ...newest }] = heartbeats;
  const spools = heartbeats.flatMap(({ spool }) => spool ?? []);
  const versions = heartbeats.map(({ bundleVersion = 0 }) => bundleVersion);
  const tunnels = heartbeats.flatMap(heartbeat => heartbeat.tunnels ?? []);
  const sum = (values: number[]) => values.reduce((a, b) => a + b, 0);
  return {
    ...newest,
    id: rows[0].id,
    lastSeenAt: new Date(lastSeenAt).toISOString(),
    workers: heartbeats.length,
    ...(newest.bundleVersion !== undefined && {
      bundleVersion: Math.min(...versions),
    }),
    ...(newest.tunnels && { tunnels }),
    ...(spools.length > 0 && {
      spool: {
        depth: sum(spools.map(({ depth }) => depth)),
        bytes: sum(spools.map(({ bytes }) => bytes)),
      },
    }),
  };
}
