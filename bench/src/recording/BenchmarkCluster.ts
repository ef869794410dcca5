import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import type { CertificateFiles } from '../proxy/Contender';
import { ALL_CORES } from '../machine';
import { freePort, startPinned, untilListening } from '../proxy/startPinned';

const REPOSITORY = join(__dirname, '../../..');
/** A small Kubernetes that comes with the workspace, not with the repository. */
const KIT = join(REPOSITORY, '../shared/cluster');
/** Where the kit's API server listens unless it is told otherwise. */
const KIT_PORT = Number(process.env.CLUSTER_API_PORT ?? 16443);

/** A cluster with the pod `web` in `dev`. */
export type BenchmarkCluster = {
  name: 'kubernetes' | 'demo';
  title: string;
  /** Of loopback; it speaks TLS. */
  port: number;
  caFile: string;
  /** Of an identity that may impersonate. */
  tokenFile: string;
  /** Of the server's version, when it brings one. */
  kubectl?: string;
  stop: () => Promise<void>;
};

const kubeconfigSchema = z.object({
  users: z.tuple([z.object({ user: z.object({ token: z.string() }) })]),
});

async function listens(port: number): Promise<boolean> {
  return await new Promise(resolve => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}

/**
 * A real Kubernetes with a kubelet, started from the workspace's kit; one that
 * is up already is used, and stays.
 *
 * @param directory - for the token
 * @returns undefined where there is no kit, or it does not start
 */
export async function startKubernetes(
  directory: string,
): Promise<BenchmarkCluster | undefined> {
  if (!existsSync(KIT)) {
    return undefined;
  }
  const wasUp = await listens(KIT_PORT);
  const command = (name: string) =>
    execFileSync(join(KIT, name), {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  let lines: string;
  try {
    lines = command('up');
  } catch (error) {
    console.log(`the cluster does not start: ${(error as Error).message}`);
    return undefined;
  }
  const places = new Map(
    [...lines.matchAll(/^(\w+)=(.*)$/gm)].map(([, key, value]) => [key, value]),
  );
  const place = (key: string) => places.get(key) ?? '';
  const tokenFile = join(directory, 'kubernetes-token');
  const kubeconfig = kubeconfigSchema.parse(
    parse(readFileSync(place('KUBECONFIG_AUDIT_PROXY'), 'utf8')),
  );
  writeFileSync(tokenFile, kubeconfig.users[0].user.token, { mode: 0o600 });
  return {
    name: 'kubernetes',
    title: 'Kubernetes 1.20 with a kubelet',
    port: Number(new URL(place('CLUSTER_SERVER')).port),
    caFile: place('CLUSTER_CA'),
    tokenFile,
    kubectl: place('CLUSTER_KUBECTL'),
    stop: async () => {
      if (!wasUp) {
        command('down');
      }
    },
  };
}

/** The repository's stand-in, whose commands run on this machine. */
export async function startDemoCluster(
  directory: string,
  certificate: CertificateFiles,
): Promise<BenchmarkCluster> {
  const port = await freePort();
  const tokenFile = join(directory, 'demo-token');
  writeFileSync(tokenFile, randomBytes(16).toString('hex'), { mode: 0o600 });
  const started = startPinned(
    ALL_CORES,
    process.execPath,
    [
      '--require',
      '@backstage/cli/config/nodeTransform.cjs',
      join(REPOSITORY, 'examples/demo-cluster/src/main.ts'),
      `--port=${port}`,
      `--cert=${certificate.certFile}`,
      `--key=${certificate.keyFile}`,
      `--token-file=${tokenFile}`,
    ],
    { NODE_ENV: 'production' },
  );
  await untilListening(started, port);
  return {
    name: 'demo',
    title: 'the demo cluster, a stand-in',
    port,
    caFile: certificate.certFile,
    tokenFile,
    stop: started.stop,
  };
}
