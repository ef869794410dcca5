import type { Knex } from 'knex';
import {
  AgentHeartbeat,
  AgentStatus,
} from 'backstage-plugin-kubernetes-audit-common';

type AgentRow = {
  id: string;
  /** JSON of an {@link AgentHeartbeat}. */
  heartbeat: string;
  last_seen_at: number | string;
};

/** Keeps the last heartbeat of each agent. */
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

  async record(agentId: string, heartbeat: AgentHeartbeat): Promise<void> {
    await this.knex<AgentRow>('agents')
      .insert({
        id: agentId,
        heartbeat: JSON.stringify(heartbeat),
        last_seen_at: this.now(),
      })
      .onConflict('id')
      .merge();
  }

  async list(): Promise<AgentStatus[]> {
    const rows = await this.knex<AgentRow>('agents').orderBy('id');
    return rows.map(row => ({
      ...(JSON.parse(row.heartbeat) as AgentHeartbeat),
      id: row.id,
      lastSeenAt: new Date(Number(row.last_seen_at)).toISOString(),
    }));
  }
}
