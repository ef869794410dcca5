import { mkdirSync, chmodSync } from 'node:fs';
import { request } from 'node:https';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildApp } from './appBuild.mjs';
import { demoCertificates } from './certificates.mjs';
import {
  clusterNameOf,
  inNamespace,
  tokenKubeconfig,
} from './demoKubeconfig.mjs';
import { assertPortsFree } from './freePorts.mjs';
import { PortalClient } from './PortalClient.mjs';
import { startDemoCluster, startPortal, startProxy } from './processes.mjs';
import { keptSecret, writePrivateFile } from './secretFile.mjs';
import { waitUntil } from './waitUntil.mjs';

const START_TIMEOUT_MS = 120_000;
const ANNOUNCEMENT_TIMEOUT_MS = 60_000;

/**
 * @typedef {import('./settings.mjs').DemoSettings} DemoSettings
 * @typedef {import('./Supervisor.mjs').Supervisor} Supervisor
 * @typedef {import('../bootstrap/Progress.mjs').Progress} Progress
 */

/** Makes the demo's folder, for nobody but the user. @param {string} directory */
export function prepareDirectory(directory) {
  for (const path of ['', 'logs', 'database', 'proxy', 'recordings']) {
    mkdirSync(join(directory, path), { recursive: true, mode: 0o700 });
  }
  chmodSync(directory, 0o700);
}

/**
 * Starts portal, proxy and cluster and waits until kubectl works through the
 * proxy. Writes `kubeconfig` and `env`.
 *
 * @param {DemoSettings} settings
 * @param {Supervisor} supervisor
 * @param {Progress} progress
 */
export async function runDemo(settings, supervisor, progress) {
  const { directory, ports } = settings;
  await assertPortsFree([
    { port: ports.backend, purpose: 'portal' },
    { port: ports.proxy, purpose: 'proxy' },
    { port: ports.admin, purpose: 'admin listener of the proxy' },
    ...(settings.kubeconfig
      ? []
      : [{ port: ports.cluster, purpose: 'demo cluster' }]),
  ]);
  await buildApp(progress);

  const {
    caFile,
    servers: [proxyCertificate, clusterCertificate],
  } = await demoCertificates(directory, ['proxy', 'demo-cluster']);

  const startedAt = Date.now();
  const portal = PortalClient.create(settings.backendUrl);
  startPortal(supervisor, settings);
  const cluster = settings.kubeconfig
    ? {
        name: clusterNameOf(settings.kubeconfig),
        kubeconfig: settings.kubeconfig,
      }
    : startStandInCluster(settings, supervisor, caFile, clusterCertificate);

  await progress.step('Starting the portal', () =>
    waitUntil('The portal is ready', START_TIMEOUT_MS, () => portal.isReady()),
  );
  startProxy(supervisor, settings, {
    caFile,
    certificate: proxyCertificate,
    cluster,
  });
  if (!settings.kubeconfig) {
    await progress.step('Starting the demo cluster', () =>
      waitUntil('The demo cluster is ready', START_TIMEOUT_MS, () =>
        isServing(ports.cluster, caFile),
      ),
    );
  }
  await progress.step('Starting the proxy', () =>
    waitUntil('The proxy is ready', START_TIMEOUT_MS, async () => {
      const response = await fetch(`${settings.proxyAdminUrl}/readyz`);
      return response.ok;
    }),
  );
  await progress.step('Getting a kubeconfig for the guest', async () => {
    await waitUntil(
      'The guest is in the catalog',
      START_TIMEOUT_MS,
      async () => {
        await portal.signIn();
        return portal.hasEntity('user', 'guest');
      },
    );
    // Sign in once more: now the token carries the guest's groups.
    await portal.signIn();
    await waitUntil(
      'The proxy announces its cluster to the portal',
      ANNOUNCEMENT_TIMEOUT_MS,
      () => isAnnounced(portal, settings, cluster.name, startedAt),
    );
    writePrivateFile(
      join(directory, 'kubeconfig'),
      inNamespace(
        await portal.issueKubeconfig(),
        cluster.name,
        settings.namespace,
      ),
    );
  });
  writeEnv(settings, caFile);
  return { clusterName: cluster.name };
}

/**
 * @param {DemoSettings} settings
 * @param {Supervisor} supervisor
 * @param {string} caFile
 * @param {import('./certificates.mjs').ServerCertificate} certificate
 */
function startStandInCluster(settings, supervisor, caFile, certificate) {
  const { directory, ports } = settings;
  const tokenFile = join(directory, 'cluster-token');
  const kubeconfig = join(directory, 'demo-cluster.kubeconfig');
  writePrivateFile(
    kubeconfig,
    tokenKubeconfig({
      server: `https://127.0.0.1:${ports.cluster}`,
      caFile,
      token: keptSecret(tokenFile),
    }),
  );
  startDemoCluster(supervisor, { port: ports.cluster, certificate, tokenFile });
  return { name: 'demo', kubeconfig };
}

/**
 * Whether an HTTPS server with a certificate of the demo's CA answers.
 *
 * @param {number} port
 * @param {string} caFile
 * @returns {Promise<boolean>}
 */
function isServing(port, caFile) {
  return new Promise((resolve, reject) => {
    request(
      { host: '127.0.0.1', port, path: '/readyz', ca: readFileSync(caFile) },
      response => {
        response.resume();
        resolve(true);
      },
    )
      .on('error', reject)
      .end();
  });
}

/**
 * What the portal remembers of an earlier start does not count.
 *
 * @param {PortalClient} portal
 * @param {DemoSettings} settings
 * @param {string} clusterName
 * @param {number} startedAt - milliseconds since 1970
 */
async function isAnnounced(portal, settings, clusterName, startedAt) {
  /** @type {{ id: string, lastSeenAt: string }[]} */
  const agents = itemsOf(await portal.get('/v1/agents'));
  const agent = agents.find(({ id }) => id === settings.agentId);
  if (!agent || Date.parse(agent.lastSeenAt) < startedAt) return false;
  /** @type {{ clusters: { name: string }[] }} */
  const { clusters } = await portal.get('/v1/access');
  return clusters.some(({ name }) => name === clusterName);
}

/** @param {any} body */
function itemsOf(body) {
  return Array.isArray(body) ? body : body.items;
}

/**
 * @param {DemoSettings} settings
 * @param {string} caFile
 */
function writeEnv(settings, caFile) {
  const { directory, backendUrl } = settings;
  const lines = {
    PORTAL_URL: backendUrl,
    BACKEND_URL: backendUrl,
    PROXY_URL: settings.proxyUrl,
    PROXY_ADMIN_URL: settings.proxyAdminUrl,
    PROXY_CA: caFile,
    AGENT_ID: settings.agentId,
    AGENT_TOKEN: keptSecret(join(directory, 'agent-token')),
  };
  writePrivateFile(
    join(directory, 'env'),
    Object.entries(lines)
      .map(([key, value]) => `${key}=${value}\n`)
      .join(''),
  );
}
