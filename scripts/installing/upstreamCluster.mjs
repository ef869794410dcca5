import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { REPOSITORY } from '../bootstrap/repository.mjs';
import { demoCertificates } from '../demo/certificates.mjs';
import { tokenKubeconfig } from '../demo/demoKubeconfig.mjs';
import { keptSecret, writePrivateFile } from '../demo/secretFile.mjs';
import { waitUntil } from '../demo/waitUntil.mjs';

const START_TIMEOUT_MS = 60_000;

/**
 * A cluster with a pod `web` in the namespace `dev`, in which the group
 * `developers` may list and exec.
 *
 * @typedef {object} UpstreamCluster
 * @property {string} title
 * @property {string} kubeconfig - of who may impersonate, its content
 * @property {() => Promise<void>} stop
 */

/**
 * A real Kubernetes where the workspace has one, else the demo cluster.
 *
 * @param {string} directory
 * @param {number} port - and the three after it
 * @returns {Promise<UpstreamCluster>}
 */
export function startUpstreamCluster(directory, port) {
  const kit =
    process.env.INSTALL_CLUSTER_KIT ?? resolve(REPOSITORY, '../shared/cluster');
  mkdirSync(directory, { recursive: true });
  return existsSync(kit)
    ? startRealCluster(kit, directory, port)
    : startDemoCluster(directory, port);
}

/**
 * @param {string} kit - the folder with its commands `up` and `down`
 * @param {string} directory
 * @param {number} port
 */
async function startRealCluster(kit, directory, port) {
  const command = (/** @type {string} */ name) =>
    execFileSync(join(kit, name), [directory], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
      env: {
        ...process.env,
        CLUSTER_API_PORT: String(port),
        CLUSTER_KUBELET_PORT: String(port + 1),
        CLUSTER_ETCD_PORT: String(port + 2),
        CLUSTER_ETCD_PEER_PORT: String(port + 3),
      },
    });
  const kubeconfig = /^KUBECONFIG_AUDIT_PROXY=(.+)$/m.exec(command('up'))?.[1];
  if (!kubeconfig) throw new Error(`${kit}/up names no kubeconfig`);
  return {
    title: 'a real Kubernetes',
    kubeconfig: readFileSync(kubeconfig, 'utf8'),
    stop: async () => {
      command('down');
    },
  };
}

/**
 * @param {string} directory
 * @param {number} port
 */
async function startDemoCluster(directory, port) {
  const {
    caFile,
    servers: [{ certFile, keyFile }],
  } = await demoCertificates(directory, ['cluster']);
  const tokenFile = join(directory, 'token');
  const token = keptSecret(tokenFile);
  const child = spawn(
    process.execPath,
    [
      '--require',
      '@backstage/cli/config/nodeTransform.cjs',
      'src/main.ts',
      `--port=${port}`,
      `--cert=${certFile}`,
      `--key=${keyFile}`,
      `--token-file=${tokenFile}`,
    ],
    {
      cwd: join(REPOSITORY, 'examples/demo-cluster'),
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  const exited = once(child, 'exit');
  let output = '';
  child.stdout.setEncoding('utf8').on('data', chunk => {
    output += chunk;
  });
  await waitUntil('the demo cluster listens', START_TIMEOUT_MS, async () =>
    output.includes('listens'),
  );
  const kubeconfig = tokenKubeconfig({
    server: `https://127.0.0.1:${port}`,
    caFile,
    token,
  });
  writePrivateFile(join(directory, 'kubeconfig'), kubeconfig);
  return {
    title: 'the demo cluster',
    kubeconfig,
    stop: async () => {
      child.kill('SIGTERM');
      await exited;
    },
  };
}
