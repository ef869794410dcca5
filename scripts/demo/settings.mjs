import { isAbsolute, join, resolve } from 'node:path';
import { CommandError } from '../bootstrap/CommandError.mjs';
import { REPOSITORY } from '../bootstrap/repository.mjs';

const DEFAULT_PORTS = {
  backend: 7007,
  proxy: 6443,
  admin: 9443,
  cluster: 6444,
};
const DEFAULT_GROUPS = 'developers,viewers';
const DEFAULT_NAMESPACE = 'dev';
/** n+3 is kept for a portal apart from the backend. */
const HIGHEST_PORT_BASE = 65535 - 4;

/**
 * @typedef {object} DemoSettings
 * @property {string} directory - everything that the demo writes is in it
 * @property {{ backend: number, proxy: number, admin: number, cluster: number }} ports
 * @property {string} [kubeconfig] - of a cluster to use in place of the demo cluster
 * @property {string[]} groups - what the guest's role impersonates
 * @property {string} namespace - of the contexts in the guest's kubeconfig
 * @property {string} agentId
 * @property {string} backendUrl - also the portal's: the backend serves the app
 * @property {string} proxyUrl
 * @property {string} proxyAdminUrl
 */

/**
 * Reads `DEMO_PORT_BASE`, `DEMO_DIR`, `DEMO_KUBECONFIG`, `DEMO_GROUPS` and
 * `DEMO_NAMESPACE`. Relative paths start where the user called npm.
 *
 * @param {NodeJS.ProcessEnv} env
 * @returns {DemoSettings}
 */
export function readDemoSettings(env) {
  /** @param {string} path */
  const absolute = path =>
    isAbsolute(path) ? path : resolve(env.INIT_CWD ?? process.cwd(), path);
  const ports = readPorts(env.DEMO_PORT_BASE);
  return {
    directory: env.DEMO_DIR
      ? absolute(env.DEMO_DIR)
      : join(REPOSITORY, '.demo'),
    ports,
    kubeconfig: env.DEMO_KUBECONFIG ? absolute(env.DEMO_KUBECONFIG) : undefined,
    groups: (env.DEMO_GROUPS || DEFAULT_GROUPS)
      .split(',')
      .map(group => group.trim())
      .filter(Boolean),
    namespace: env.DEMO_NAMESPACE || DEFAULT_NAMESPACE,
    agentId: 'demo-proxy',
    backendUrl: `http://localhost:${ports.backend}`,
    proxyUrl: `https://127.0.0.1:${ports.proxy}`,
    proxyAdminUrl: `http://127.0.0.1:${ports.admin}`,
  };
}

/** @param {string | undefined} text */
function readPorts(text) {
  if (!text) return DEFAULT_PORTS;
  const base = Number(text);
  if (!Number.isInteger(base) || base < 1 || base > HIGHEST_PORT_BASE) {
    throw new CommandError(
      `DEMO_PORT_BASE=${text} is no port number from 1 to ${HIGHEST_PORT_BASE}.`,
    );
  }
  return {
    backend: base,
    proxy: base + 1,
    admin: base + 2,
    cluster: base + 4,
  };
}
