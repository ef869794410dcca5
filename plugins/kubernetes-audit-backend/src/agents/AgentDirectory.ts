import type {
  BackstageCredentials,
  BackstageUserPrincipal,
} from '@backstage/backend-plugin-api';
import {
  AgentHeartbeat,
  agentReadPermission,
  AgentStatus,
  ClusterTags,
  DEFAULT_PROXY_GROUP,
  HeartbeatAnswer,
  TunnelStatus,
} from 'backstage-plugin-kubernetes-audit-common';
import type { Authorizer } from '../authorization';
import type { AgentConfig } from '../config';
import { Agent } from './Agent';
import type { HeartbeatStore } from './HeartbeatStore';

/** A proxy that is silent for so long counts as gone, in milliseconds. */
const INSTANCE_GONE_MS = 60_000;

/** A cluster and the newest agent that serves it. */
export type ServedCluster = {
  name: string;
  /** The proxy's, overridden by the portal's. */
  tags: Record<string, string>;
  /** Where kubectl reaches the proxy, without a slash at its end. */
  proxyUrl: string;
  /** PEM; absent when a public CA signed. */
  certificateAuthority?: string;
};

type NoteUses = (
  uses: readonly { id: string; usedAt: Date }[],
) => Promise<void>;

/** The agents and the clusters that they announce. */
export class AgentDirectory {
  readonly #heartbeats: HeartbeatStore;
  readonly #authorizer: Authorizer;
  readonly #agents: ReadonlyMap<string, Agent>;
  /** By the cluster's name. */
  readonly #tags: ReadonlyMap<string, Record<string, string>>;
  readonly #noteUses: NoteUses | undefined;

  static create(options: {
    heartbeats: HeartbeatStore;
    authorizer: Authorizer;
    agents: readonly AgentConfig[];
    /** Tags that the portal gives to clusters. */
    clusters?: readonly ClusterTags[];
    /** Hears which credentials proxies were called with. */
    noteUses?: NoteUses;
  }): AgentDirectory {
    return new AgentDirectory(
      options.heartbeats,
      options.authorizer,
      new Map(options.agents.map(agent => [agent.id, Agent.fromConfig(agent)])),
      new Map(options.clusters?.map(({ name, tags }) => [name, tags])),
      options.noteUses,
    );
  }

  private constructor(
    heartbeats: HeartbeatStore,
    authorizer: Authorizer,
    agents: ReadonlyMap<string, Agent>,
    tags: ReadonlyMap<string, Record<string, string>>,
    noteUses: NoteUses | undefined,
  ) {
    this.#noteUses = noteUses;
    this.#heartbeats = heartbeats;
    this.#authorizer = authorizer;
    this.#agents = agents;
    this.#tags = tags;
  }

  /**
   * @throws NotAllowedError when the agent announces a cluster that it is not bound to
   */
  async announce(
    agent: Agent,
    heartbeat: AgentHeartbeat,
  ): Promise<HeartbeatAnswer> {
    agent.requireClusters(heartbeat.clusters.map(({ name }) => name));
    await this.#heartbeats.record(agent.id, heartbeat);
    await this.#noteUses?.(
      heartbeat.credentialUses?.map(({ id, usedAt }) => ({
        id,
        usedAt: new Date(usedAt),
      })) ?? [],
    );
    const { instance, publicUrl } = heartbeat;
    if (!instance || !publicUrl) {
      return {};
    }
    const own = await this.#heartbeats.list();
    const newest = own.find(({ id }) => id === agent.id)?.lastSeenAt ?? '';
    const beside = own.filter(
      status =>
        status.publicUrl === publicUrl &&
        Date.parse(newest) - Date.parse(status.lastSeenAt) < INSTANCE_GONE_MS,
    );
    return {
      instances: [
        ...new Set(beside.flatMap(status => status.instance ?? [])),
      ].sort(),
    };
  }

  /**
   * The tunnels that end in proxies, as those last told.
   *
   * @throws NotAllowedError
   */
  async tunnelConnections(
    credentials: BackstageCredentials<BackstageUserPrincipal>,
    at: Date,
  ): Promise<(TunnelStatus & { proxy: string })[]> {
    const statuses = await this.list(credentials);
    return statuses
      .filter(
        ({ lastSeenAt }) =>
          at.getTime() - Date.parse(lastSeenAt) < INSTANCE_GONE_MS,
      )
      .flatMap(({ id, tunnels = [] }) =>
        tunnels.map(tunnel => ({ ...tunnel, proxy: id })),
      );
  }

  /**
   * @throws NotAllowedError
   */
  async list(
    credentials: BackstageCredentials<BackstageUserPrincipal>,
  ): Promise<AgentStatus[]> {
    await this.#authorizer.require(credentials, agentReadPermission);
    return this.#heartbeats.list();
  }

  /** The proxies of the configuration, as they last told of themselves; for callers who have asked for a permission. */
  async listProxies(): Promise<AgentStatus[]> {
    const statuses = await this.#heartbeats.list();
    return statuses.filter(({ id }) => this.#agents.has(id));
  }

  /**
   * The clusters that proxies of a group serve, by name. The configuration
   * counts as it is now: an agent that it no longer names, or no longer binds
   * to a cluster, serves nothing there.
   */
  async servedClusters(proxyGroup: string): Promise<ServedCluster[]> {
    const agents = await this.#heartbeats.list();
    agents.sort((a, b) => a.lastSeenAt.localeCompare(b.lastSeenAt));
    const clusters = new Map<string, ServedCluster>();
    for (const status of agents) {
      const agent = this.#agents.get(status.id);
      const publicUrl = agent?.publicUrl ?? status.publicUrl;
      if (!agent || !publicUrl || groupOf(status) !== proxyGroup) {
        continue;
      }
      const proxyUrl = publicUrl.replace(/\/+$/, '');
      for (const { name, tags } of status.clusters) {
        if (agent.mayServe(name)) {
          clusters.set(name, {
            name,
            tags: { ...tags, ...this.#tags.get(name) },
            proxyUrl,
            certificateAuthority: status.certificateAuthority,
          });
        }
      }
    }
    return [...clusters.values()].sort((a, b) => a.name.localeCompare(b.name));
  }
}

function groupOf(status: AgentStatus): string {
  return status.proxyGroup ?? DEFAULT_PROXY_GROUP;
}
