import type { AnnouncedCluster } from 'backstage-plugin-kubernetes-audit-common';
import type { ClusterConfig } from '../config';
import { UpstreamCluster } from './UpstreamCluster';

/** The clusters that the proxy's configuration names. */
export class UpstreamClusters {
  readonly #clusters: Map<string, UpstreamCluster>;

  /** @throws Error naming the cluster whose credential or certificate cannot be read */
  static fromConfig(configs: ClusterConfig[]): UpstreamClusters {
    return new UpstreamClusters(
      new Map(
        configs.map(config => {
          try {
            return [config.name, UpstreamCluster.fromConfig(config)];
          } catch (error) {
            throw new Error(
              `cluster ${config.name}: ${(error as Error).message}`,
              { cause: error },
            );
          }
        }),
      ),
    );
  }

  private constructor(clusters: Map<string, UpstreamCluster>) {
    this.#clusters = clusters;
  }

  get(name: string): UpstreamCluster | undefined {
    return this.#clusters.get(name);
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
    await Promise.all([...this.#clusters.values()].map(c => c.close()));
  }
}
