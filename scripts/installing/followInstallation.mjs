import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { REPOSITORY } from '../bootstrap/repository.mjs';
import { PortalClient } from '../demo/PortalClient.mjs';
import { waitUntil } from '../demo/waitUntil.mjs';
import { applyBlock } from './applyBlock.mjs';
import { createBackstage } from './createBackstage.mjs';
import { ReaderShell } from './ReaderShell.mjs';
import { readBlocks } from './readBlocks.mjs';
import { seePages } from './seePages.mjs';

/** @typedef {import('./readBlocks.mjs').Block} Block */

const README = join(REPOSITORY, 'README.md');
const SECTION = '## Install it';
const LEGACY_SECTION = '### On the legacy frontend system';
/** What does not end by itself, at the end of a block: the name of its log. */
const SERVICES = new Map([
  ['yarn start', 'portal'],
  ['kubernetes-audit-agent proxy --config proxy.yaml', 'proxy'],
]);
/** The portal's first start compiles the whole app. */
const PORTAL_TIMEOUT_MS = 8 * 60_000;
const PROXY_TIMEOUT_MS = 60_000;
const DELIVERY_TIMEOUT_MS = 60_000;

/**
 * @typedef {object} Installation
 * @property {string} title
 * @property {boolean} isLegacy
 * @property {string} directory - of the app, made by this
 * @property {Record<string, string>} tarballs - by package name
 * @property {Map<string, string>} ports - what the documentation says, by what is free here
 * @property {object} database - Backstage's `backend.database`
 * @property {string} clusterKubeconfig
 * @property {string} kubectl - its folder
 */

/**
 * Does what the README says, block by block, then uses what was installed.
 *
 * @param {import('./Checks.mjs').Checks} checks
 * @param {Installation} installation
 */
export async function followInstallation(checks, installation) {
  const { title, isLegacy, directory, tarballs, ports } = installation;
  const here = (/** @type {string} */ text) => withPorts(text, ports);
  await checks.check(`${title}: create-app makes it`, async () => {
    await createBackstage(directory, { isLegacy, tarballs });
    writeLocalConfig(installation);
    writeFileSync(
      join(directory, 'prod-1.kubeconfig'),
      installation.clusterKubeconfig,
      { mode: 0o600 },
    );
  });
  const prefix = join(directory, '.global');
  mkdirSync(prefix, { recursive: true });
  const shell = ReaderShell.open(directory, {
    logs: join(directory, '.logs'),
    path: [join(prefix, 'bin'), installation.kubectl],
    env: { npm_config_prefix: prefix, BROWSER: 'none', CI: '' },
  });
  try {
    for (const block of blocksFor(isLegacy)) {
      const text = here(fromTarballs(block.content, tarballs));
      const content =
        block.file === 'proxy.yaml' ? withListeners(text, ports) : text;
      if (block.file) {
        await checks.check(`${title}: ${block.file}`, async () =>
          applyBlock({ ...block, content }, directory),
        );
      } else if (block.language === 'sh') {
        await runCommands(checks, shell, { title, content, ports });
      }
    }
    await useIt(checks, shell, installation);
  } catch (error) {
    for (const name of SERVICES.values()) {
      try {
        console.log(`--- ${name} ---\n${shell.tail(name)}`);
      } catch {
        // It was not started.
      }
    }
    throw error;
  } finally {
    await shell.close();
  }
}

/**
 * The blocks in the order of a reader: who has a legacy app changes it before
 * starting it.
 *
 * @param {boolean} isLegacy
 * @returns {Block[]}
 */
function blocksFor(isLegacy) {
  const blocks = readBlocks(README, SECTION);
  if (!isLegacy) return blocks;
  const start = blocks.findIndex(({ content }) =>
    /^yarn start$/m.test(content),
  );
  return blocks.toSpliced(start, 0, ...readBlocks(README, LEGACY_SECTION));
}

/**
 * @param {import('./Checks.mjs').Checks} checks
 * @param {ReaderShell} shell
 * @param {{ title: string, content: string, ports: Map<string, string> }} block
 */
async function runCommands(checks, shell, { title, content, ports }) {
  const lines = content.trimEnd().split('\n');
  const last = lines[lines.length - 1];
  const service = SERVICES.get(last);
  const commands = (service ? lines.slice(0, -1) : lines).join('\n');
  if (commands) {
    await checks.check(`${title}: ${firstWords(commands)}`, () =>
      shell.run(commands),
    );
  }
  if (service === 'portal') {
    // What a reader's editor would tell.
    await checks.check(`${title}: the app's types fit`, () =>
      shell.run('yarn tsc --incremental false'),
    );
    await checks.check(`${title}: ${last}`, async () => {
      shell.serve(service, last);
      const url = `http://localhost:${ports.get('7007')}`;
      await waitUntil('the portal is ready', PORTAL_TIMEOUT_MS, () =>
        PortalClient.create(url).isReady(),
      );
      await waitUntil('the app is served', PORTAL_TIMEOUT_MS, async () => {
        const app = await fetch(`http://localhost:${ports.get('3000')}`);
        return app.ok;
      });
    });
  } else if (service === 'proxy') {
    await checks.check(`${title}: ${last}`, async () => {
      shell.serve(service, last);
      const url = `http://127.0.0.1:${ports.get('9443')}/readyz`;
      await waitUntil('the proxy is ready', PROXY_TIMEOUT_MS, async () => {
        const response = await fetch(url);
        if (!response.ok) throw new Error(await response.text());
        return true;
      });
      await waitUntil('the proxy is announced', PROXY_TIMEOUT_MS, async () => {
        const { clusters } = await (await signedIn(ports)).get('/v1/access');
        return clusters.length > 0;
      });
    });
  }
}

/**
 * @param {import('./Checks.mjs').Checks} checks
 * @param {ReaderShell} shell
 * @param {Installation} installation
 */
async function useIt(checks, shell, { title, ports, isLegacy }) {
  await checks.check(`${title}: kubectl exec through the proxy`, async () => {
    const said = await shell.run(
      'kubectl --kubeconfig kubeconfig -n dev exec web -- echo installed',
    );
    if (!said.includes('installed')) throw new Error(`exec said ${said}`);
  });
  await checks.check(`${title}: what no role allows is refused`, async () => {
    const said = await shell.run(
      'kubectl --kubeconfig kubeconfig -n prod get pods 2>&1 || true',
    );
    if (!/cannot list resource/.test(said)) throw new Error(said);
  });
  await checks.check(`${title}: the API has the calls`, async () => {
    const portal = await signedIn(ports);
    await waitUntil('the calls arrive', DELIVERY_TIMEOUT_MS, async () => {
      const { items } = await portal.get('/v1/events?limit=50');
      const has = (
        /** @type {string} */ resource,
        /** @type {string} */ result,
      ) =>
        items.some(
          (/** @type {{ resource: string, result: string }} */ item) =>
            item.resource === resource && item.result === result,
        );
      return (
        has('pods', 'success') &&
        has('pods', 'failure') &&
        has('pods/exec', 'success')
      );
    });
    await waitUntil('the recording arrives', DELIVERY_TIMEOUT_MS, async () => {
      const { items } = await portal.get('/v1/recordings');
      return items.some(
        (/** @type {{ status: string }} */ { status }) => status === 'complete',
      );
    });
  });
  await checks.check(`${title}: the pages show them`, () =>
    seePages(
      `http://localhost:${ports.get('3000')}`,
      isLegacy ? 'installed-legacy' : 'installed',
    ),
  );
}

/** @param {Map<string, string>} ports */
async function signedIn(ports) {
  const portal = PortalClient.create(`http://localhost:${ports.get('7007')}`);
  await portal.signIn();
  return portal;
}

/**
 * What is right for this machine alone, where Backstage looks for it.
 *
 * @param {Installation} installation
 */
function writeLocalConfig({ directory, database, ports }) {
  const app = `http://localhost:${ports.get('3000')}`;
  const backend = `http://localhost:${ports.get('7007')}`;
  writeFileSync(
    join(directory, 'app-config.local.yaml'),
    stringify({
      app: { baseUrl: app, listen: { port: Number(ports.get('3000')) } },
      backend: {
        baseUrl: backend,
        listen: { port: Number(ports.get('7007')), host: '127.0.0.1' },
        cors: { origin: app },
        database,
      },
      integrations: { github: [{ host: 'github.com', token: 'none' }] },
    }),
    { mode: 0o600 },
  );
}

/**
 * The registry does not have the packages yet.
 *
 * @param {string} text
 * @param {Record<string, string>} tarballs
 */
function fromTarballs(text, tarballs) {
  return text.replace(
    /^(yarn .*\badd|npm install --global) (\S+)$/gm,
    (line, command, name) => {
      if (!tarballs[name]) return line;
      return command.startsWith('npm')
        ? // npm has no resolutions: what the package needs of ours comes along.
          `${command} ${tarballs[name]} ${tarballs['backstage-plugin-kubernetes-audit-common']}`
        : `${command} ${name}@file:${tarballs[name]}`;
    },
  );
}

/**
 * @param {string} text
 * @param {Map<string, string>} ports
 */
function withPorts(text, ports) {
  return text.replace(
    /\b(localhost|127\.0\.0\.1):(\d+)/g,
    (_, host, port) => `${host}:${ports.get(port) ?? port}`,
  );
}

/**
 * The proxy's own ports are defaults, which the documentation does not name.
 *
 * @param {string} text
 * @param {Map<string, string>} ports
 */
function withListeners(text, ports) {
  const config = parse(text);
  return stringify({
    ...config,
    server: { ...config.server, port: Number(ports.get('6443')) },
    admin: { port: Number(ports.get('9443')) },
  });
}

/** @param {string} commands */
function firstWords(commands) {
  const [line, ...others] = commands
    .split('\n')
    .filter(text => !/^(export|\s)/.test(text));
  const words = (line ?? commands.split('\n')[0]).replace(
    /@?\S*\/tarballs\/\S+/g,
    '',
  );
  return `${words}${others.length > 0 ? ' …' : ''}`;
}
