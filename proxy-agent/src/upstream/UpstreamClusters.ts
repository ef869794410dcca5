import type { AnnouncedCluster } from 'backstage-plugin-kubernetes-audit-common';
import type { ClusterConfig } from '../config';
import { TunnelledCluster } from './TunnelledCluster';
import { NO_TUNNELS, Tunnels } from './Tunnels';
import type { Upstream } from './Upstream';
import { UpstreamCluster } from './UpstreamCluster';

/** The names of the clusters that another configuration has brought, taken and changed. */
export type ClusterChanges = {
  added: string[];
  removed: string[];
  changed: string[];
};

/** The clusters that the proxy's configuration names. */
export class UpstreamClusters {
  #clusters: Map<string, Upstream>;
  readonly #tunnels: Tunnels;
  /** Their last calls have not ended yet. */
  readonly #retired = new Set<Upstream>();

  /** @throws Error naming the cluster whose credential or certificate cannot be read */
  static fromConfig(
    configs: ClusterConfig[],
    tunnels: Tunnels = NO_TUNNELS,
  ): UpstreamClusters {
    return new UpstreamClusters(readClusters(configs, tunnels), tunnels);
  }

  private constructor(clusters: Map<string, Upstream>, tunnels: Tunnels) {
    this.#clusters = clusters;
    this.#tunnels = tunnels;
  }

  get(name: string): Upstream | undefined {
    return this.#clusters.get(name);
  }

  /** Whether any of them takes no call that cannot be recorded. */
  get hasStrict(): boolean {
    return [...this.#clusters.values()].some(
      ({ config }) => config.audit.durability === 'strict',
    );
  }

  /**
   * Reads another configuration; what it returns takes it over. Clusters that
   * are the same keep their connections, the others end with their last call.
   *
   * @throws Error as {@link UpstreamClusters.fromConfig}, and nothing changes
   */
  prepare(configs: ClusterConfig[]): () => ClusterChanges {
    const next = readClusters(configs, this.#tunnels);
    return () => {
      const before = this.#clusters;
      const changes: ClusterChanges = { added: [], removed: [], changed: [] };
      for (const [name, cluster] of next) {
        const old = before.get(name);
        if (!old) {
          changes.added.push(name);
        } else if (old.isSameAs(cluster)) {
          next.set(name, old);
        } else {
          changes.changed.push(name);
          this.#retire(old);
        }
      }
      for (const [name, old] of before) {
        if (!next.has(name)) {
          changes.removed.push(name);
          this.#retire(old);
        }
      }
      this.#clusters = next;
      return changes;
    };
  }

  /** What the portal is told: never a credential. */
  announce(): AnnouncedCluster[] {
    return [...this.#clusters.values()].map(cluster => ({
      name: cluster.name,
      endpoint: cluster.endpoint,
      tags: cluster.config.tags,
    }));
  }

  async close(): Promise<void> {
    await Promise.all(
      [...this.#clusters.values(), ...this.#retired].map(c => c.close()),
    );
  }

  #retire(cluster: Upstream): void {
    this.#retired.add(cluster);
    const forget = () => this.#retired.delete(cluster);
    cluster.retire().then(forget, forget);
  }
}

function readClusters(
  configs: ClusterConfig[],
  tunnels: Tunnels,
): Map<string, Upstream> {
  return new Map(
    configs.map(config => {
      try {
        return [config.name, readCluster(config, tunnels)];
      } catch (error) {
        throw new Error(`cluster ${config.name}: ${(error as Error).message}`, {
          cause: error,
        });
      }
    }),
  );
}

function readCluster(config: ClusterConfig, tunnels: Tunnels): Upstream {
  const { tunnel } = config;
  return tunnel
    ? TunnelledCluster.create({ ...config, tunnel }, tunnels)
    : UpstreamCluster.fromConfig(config);
}
