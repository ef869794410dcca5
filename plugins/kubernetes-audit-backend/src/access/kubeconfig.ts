import type { KubeconfigRequest } from 'backstage-plugin-kubernetes-audit-common';
import { stringify } from 'yaml';
import type { ServedCluster } from '../agents';

/** The URL of a cluster's API at its proxy. */
export function clusterServer(cluster: ServedCluster): string {
  return `${cluster.proxyUrl}/clusters/${encodeURIComponent(cluster.name)}`;
}

/** The name of the program that signs in. */
const LOGIN_COMMAND = 'kubernetes-audit-agent';

/** How kubectl gets its token: from the file itself, or by a command. */
export type KubeconfigCredential =
  | { token: string }
  | {
      /** The portal's API, which the command signs in at. */
      portal: string;
      execApiVersion: KubeconfigRequest['execApiVersion'];
    };

/**
 * A kubeconfig as YAML, with one context per cluster, named for it; the first
 * is the current one.
 */
export function writeKubeconfig(options: {
  clusters: readonly ServedCluster[];
  userName: string;
  credential: KubeconfigCredential;
}): string {
  const { clusters, userName, credential } = options;
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
    users: [{ name: userName, user: writeCredential(credential) }],
    contexts: clusters.map(({ name }) => ({
      name,
      context: { cluster: name, user: userName },
    })),
    'current-context': clusters[0]?.name ?? '',
  });
}

function writeCredential(credential: KubeconfigCredential): object {
  if ('token' in credential) {
    return { token: credential.token };
  }
  return {
    exec: {
      apiVersion: `client.authentication.k8s.io/${credential.execApiVersion}`,
      command: LOGIN_COMMAND,
      args: ['login', '--portal', credential.portal],
      installHint: `${LOGIN_COMMAND} is not on the PATH: it signs in at the portal`,
      // It says what to do on the terminal, and reads nothing from it.
      ...(credential.execApiVersion === 'v1' && { interactiveMode: 'Never' }),
    },
  };
}
