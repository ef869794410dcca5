import { createRequire } from 'node:module';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { REPOSITORY } from '../bootstrap/repository.mjs';
import { assertPortsFree } from '../demo/freePorts.mjs';
import { startPostgres } from '../testing/postgres.mjs';
import { CheckFailed, Checks } from './Checks.mjs';
import { checkAgentAlone } from './checkAgentAlone.mjs';
import { problemsOfTarball } from './checkTarball.mjs';
import { followInstallation } from './followInstallation.mjs';
import { packPackages } from './packPackages.mjs';
import { startUpstreamCluster } from './upstreamCluster.mjs';

/** What the README says, and where INSTALL_PORT_BASE moves it. */
const PORTS = ['7007', '6443', '9443', '3000'];
const CLUSTER_PORT_OFFSET = 4;
const DEFAULT_CLUSTER_PORT = 6444;

/**
 * @param {string} directory - for all that is made
 * @param {string[]} flavours - `new`, `legacy`
 * @returns {Promise<{ passed: number, failures: string[] }>}
 */
export async function testInstallation(directory, flavours) {
  const checks = Checks.create();
  const { ports, clusterPort } = choosePorts();
  await assertPortsFree(
    [...ports.values(), `${clusterPort}`].map(port => ({
      port: Number(port),
      purpose: 'INSTALL_PORT_BASE=n moves it',
    })),
  );
  /** @type {(() => Promise<void>)[]} */
  const stops = [];
  try {
    const tarballs = await checks.check('the packages are packed', () =>
      packPackages(join(directory, 'tarballs')),
    );
    for (const [name, tarball] of Object.entries(tarballs)) {
      await checks
        .check(`${name} has all that it names`, async () => {
          const problems = problemsOfTarball(tarball);
          if (problems.length > 0) throw new Error(problems.join('\n'));
        })
        .catch(goOn);
    }
    await checkAgentAlone(checks, join(directory, 'agent'), tarballs);

    const cluster = await startUpstreamCluster(
      join(directory, 'cluster'),
      clusterPort,
    );
    stops.push(cluster.stop);
    console.log(`The upstream is ${cluster.title}.`);
    for (const flavour of flavours) {
      const postgres = await startPostgres();
      if (!postgres) throw new Error('no Postgres runs here');
      stops.push(postgres.stop);
      console.log(`The database is ${postgres.version}.`);
      await followInstallation(checks, {
        title: `${flavour} frontend system`,
        isLegacy: flavour === 'legacy',
        directory: emptyFolder(join(directory, flavour)),
        tarballs,
        ports,
        database: { client: 'pg', connection: postgres.connectionString },
        clusterKubeconfig: cluster.kubeconfig,
        kubectl: kubectlFolder(directory),
      }).catch(goOn);
    }
  } catch (error) {
    goOn(error);
  } finally {
    for (const stop of stops.reverse()) await stop();
  }
  return { passed: checks.passed, failures: checks.failures };
}

/** @param {unknown} error */
function goOn(error) {
  if (!(error instanceof CheckFailed)) throw error;
}

/** @returns {{ ports: Map<string, string>, clusterPort: number }} */
function choosePorts() {
  const base = Number(process.env.INSTALL_PORT_BASE);
  return {
    ports: new Map(
      PORTS.map((port, index) => [port, base ? `${base + index}` : port]),
    ),
    clusterPort: base ? base + CLUSTER_PORT_OFFSET : DEFAULT_CLUSTER_PORT,
  };
}

/** @param {string} directory */
function emptyFolder(directory) {
  mkdirSync(directory, { recursive: true });
  return directory;
}

/**
 * A folder in which `kubectl` is a recent one.
 *
 * @param {string} directory
 */
function kubectlFolder(directory) {
  const require = createRequire(import.meta.url);
  require('@backstage/cli/config/nodeTransform.cjs');
  const { findKubectl } = require(join(
    REPOSITORY,
    'packages/app/e2e-tests/support/findKubectl',
  ));
  const program = findKubectl();
  const folder = emptyFolder(join(directory, 'kubectl'));
  writeFileSync(join(folder, 'kubectl'), `#!/bin/sh\nexec ${program} "$@"\n`, {
    mode: 0o755,
  });
  return dirname(join(folder, 'kubectl'));
}
