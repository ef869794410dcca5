import { stringify } from 'yaml';
import type { ServedCluster } from '../agents';

/** The URL of a cluster's API at its proxy. */
export function clusterServer(cluster: ServedCluster): string {
  return `${cluster.proxyUrl}/clusters/${encodeURIComponent(cluster.name)}`;
}

/**
 * A kubeconfig as YAML, with one context per cluster, named for it; the first
 * is the current one.
 */
export function writeKubeconfig(options: {
  clusters: readonly ServedCluster[];
  userName: string;
  token: string;
}): string {
  const { clusters, userName, token } = options;
  return stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: clusters.map(cluster => ({
      name: cluster.name,
      cluster: {
        server: clusterServer(cluster),
        ...(cluster.certificateAuthority && {
          'certificate-authority-data': Buffer.from(
            cluster.certificateAuthority,
          ).toString('base64'),
        }),
      },
    })),
    users: [{ name: userName, user: { token } }],
    contexts: clusters.map(({ name }) => ({
      name,
      context: { cluster: name, user: userName },
    })),
    'current-context': clusters[0]?.name ?? '',
  });
}
