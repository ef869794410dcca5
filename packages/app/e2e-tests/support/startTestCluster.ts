import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ClusterUnderTest } from './ClusterUnderTest';

/**
 * Starts a Kubernetes 1.20 of etcd, API server and kubelet.
 *
 * @param kit - the folder with its commands `up` and `down`
 * @param portBase - the first of four ports
 */
export async function startTestCluster(
  kit: string,
  portBase: number,
): Promise<ClusterUnderTest> {
  const directory = join(tmpdir(), `kubernetes-audit-e2e-cluster-${portBase}`);
  const env = {
    ...process.env,
    CLUSTER_API_PORT: String(portBase),
    CLUSTER_KUBELET_PORT: String(portBase + 1),
    CLUSTER_ETCD_PORT: String(portBase + 2),
    CLUSTER_ETCD_PEER_PORT: String(portBase + 3),
  };
  const command = (name: string) =>
    promisify(execFile)(join(kit, name), [directory], { env });
  const { stdout } = await command('up');
  const places = Object.fromEntries(
    stdout
      .trim()
      .split('\n')
      .map(line => {
        const [, key, value] = /^(\w+)=(.*)$/.exec(line) ?? [];
        return [key, value];
      }),
  );
  const startedAt = new Date().toISOString();
  return {
    name: 'test-cluster',
    env: { DEMO_KUBECONFIG: places.KUBECONFIG_AUDIT_PROXY },
    hasWebSocketV5: false,
    hasSelfSubjectReview: false,
    isWhole: true,
    oldKubectl: places.CLUSTER_KUBECTL,
    adminKubeconfig: places.KUBECONFIG_ADMIN,
    logLine: /^tick \d+$/m,
    impersonatedUsers: () =>
      readFileSync(places.CLUSTER_AUDIT_LOG, 'utf8')
        .trim()
        .split('\n')
        .map(line => JSON.parse(line))
        .filter(({ stageTimestamp }) => stageTimestamp > startedAt)
        .flatMap(({ impersonatedUser }) => impersonatedUser?.username ?? []),
    stop: async () => {
      await command('down');
    },
  };
}
