import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { REPOSITORY } from '../bootstrap/repository.mjs';
import { keptSecret, writePrivateFile } from './secretFile.mjs';

/** Runs TypeScript sources as they are. */
const TRANSFORM = '@backstage/cli/config/nodeTransform.cjs';

/**
 * @typedef {import('./settings.mjs').DemoSettings} DemoSettings
 * @typedef {import('./Supervisor.mjs').Supervisor} Supervisor
 * @typedef {import('./certificates.mjs').ServerCertificate} ServerCertificate
 */

/**
 * The stand-in for a cluster.
 *
 * @param {Supervisor} supervisor
 * @param {object} options
 * @param {number} options.port
 * @param {ServerCertificate} options.certificate
 * @param {string} options.tokenFile - with the token of the only client, the proxy
 */
export function startDemoCluster(supervisor, options) {
  const { port, certificate, tokenFile } = options;
  supervisor.start({
    name: 'demo-cluster',
    cwd: join(REPOSITORY, 'examples/demo-cluster'),
    args: [
      '--require',
      TRANSFORM,
      'src/main.ts',
      `--port=${port}`,
      `--cert=${certificate.certFile}`,
      `--key=${certificate.keyFile}`,
      `--token-file=${tokenFile}`,
    ],
  });
}

/**
 * The portal: backend and app on one port.
 *
 * @param {Supervisor} supervisor
 * @param {DemoSettings} settings
 */
export function startPortal(supervisor, settings) {
  const { directory, ports, backendUrl, agentId } = settings;
  const file = (/** @type {string} */ name) => join(directory, name);
  supervisor.start({
    name: 'portal',
    cwd: join(REPOSITORY, 'packages/backend'),
    args: [
      '--require',
      TRANSFORM,
      'src/index.ts',
      `--config=${join(REPOSITORY, 'app-config.yaml')}`,
    ],
    env: {
      NODE_ENV: 'production',
      BACKEND_URL: backendUrl,
      BACKEND_PORT: String(ports.backend),
      KEY_ENCRYPTION_SECRET: keptSecret(file('key-encryption-secret')),
      DATABASE_DIRECTORY: file('database'),
      RECORDINGS_DIRECTORY: file('recordings'),
      ROLES_FILE: writeRoles(file('roles.yaml'), settings.groups),
      AGENT_ID: agentId,
      AGENT_TOKEN: keptSecret(file('agent-token')),
    },
  });
}

/**
 * The roles of `examples/roles.yaml`, with the Kubernetes groups that the
 * demo's user shall get. Ends with the path.
 *
 * @param {string} path
 * @param {string[]} groups
 */
function writeRoles(path, groups) {
  /** @type {{ impersonation?: { users?: string[] } }[]} */
  const roles = parse(
    readFileSync(join(REPOSITORY, 'examples/roles.yaml'), 'utf8'),
  );
  writePrivateFile(
    path,
    stringify(
      roles.map(role => ({
        ...role,
        kubernetesGroups: groups,
        impersonation: { ...role.impersonation, groups },
      })),
    ),
  );
  return path;
}

/**
 * The audited proxy.
 *
 * @param {Supervisor} supervisor
 * @param {DemoSettings} settings
 * @param {object} options
 * @param {string} options.caFile
 * @param {ServerCertificate} options.certificate
 * @param {{ name: string, kubeconfig: string }} options.cluster
 */
export function startProxy(supervisor, settings, options) {
  const { caFile, certificate, cluster } = options;
  const { directory, ports, agentId, backendUrl, proxyUrl } = settings;
  const configFile = join(directory, 'proxy.yaml');
  writePrivateFile(
    configFile,
    stringify({
      agentId,
      stateDirectory: join(directory, 'proxy'),
      portal: {
        url: `${backendUrl}/api/kubernetes-audit`,
        tokenFile: join(directory, 'agent-token'),
      },
      server: {
        host: '127.0.0.1',
        port: ports.proxy,
        publicUrl: proxyUrl,
        tls: { ...certificate, caFile },
      },
      admin: { host: '127.0.0.1', port: ports.admin },
      clusters: [{ ...cluster, tags: { env: 'demo' } }],
    }),
  );
  supervisor.start({
    name: 'proxy',
    args: [
      join(REPOSITORY, 'proxy-agent/bin/kubernetes-audit-agent'),
      'proxy',
      `--config=${configFile}`,
    ],
  });
}
