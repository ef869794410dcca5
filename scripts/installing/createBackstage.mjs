import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parse, stringify } from 'yaml';
import { REPOSITORY } from '../bootstrap/repository.mjs';
import { runQuietly } from '../bootstrap/runQuietly.mjs';

const CREATE_APP = '@backstage/create-app@latest';
const SHOWN_LINES = 40;
/** Where nothing but the registry is in reach, and other things run as well. */
const PATIENCE = {
  httpTimeout: 300_000,
  httpRetry: 10,
  // Yarn would ask a search engine whether there are types.
  tsEnableAutoTypes: false,
};

/**
 * A fresh Backstage, as its newest create-app makes one. Nothing is installed.
 *
 * @param {string} directory - made by this
 * @param {{ isLegacy: boolean, tarballs: Record<string, string> }} options
 *   tarballs by package name, in the place of what a registry would serve
 */
export async function createBackstage(directory, { isLegacy, tarballs }) {
  const { code, lines } = await runQuietly(
    'npx',
    [
      '--yes',
      CREATE_APP,
      `--path=${directory}`,
      '--skip-install',
      ...(isLegacy ? ['--legacy'] : []),
    ],
    {
      cwd: dirname(directory),
      env: { ...process.env, BACKSTAGE_APP_NAME: 'installed' },
    },
  );
  if (code !== 0) {
    throw new Error(
      `create-app failed:\n${lines.slice(-SHOWN_LINES).join('\n')}`,
    );
  }
  useYarnSettings(directory);
  useTarballs(directory, tarballs);
}

/**
 * This repository's settings of Yarn, which are right for the machine, with
 * the app's own Yarn.
 *
 * @param {string} directory
 */
function useYarnSettings(directory) {
  const path = join(directory, '.yarnrc.yml');
  const { yarnPath } = parse(readFileSync(path, 'utf8'));
  const ours = parse(readFileSync(join(REPOSITORY, '.yarnrc.yml'), 'utf8'));
  writeFileSync(path, stringify({ ...ours, ...PATIENCE, yarnPath }));
}

/**
 * What is not in a registry yet comes from its tarball, wherever it is needed.
 *
 * @param {string} directory
 * @param {Record<string, string>} tarballs
 */
function useTarballs(directory, tarballs) {
  const path = join(directory, 'package.json');
  const manifest = JSON.parse(readFileSync(path, 'utf8'));
  manifest.resolutions = {
    ...manifest.resolutions,
    // This one ships its binaries, the older one of the template compiles.
    'better-sqlite3': '^13.0.0',
    ...Object.fromEntries(
      Object.entries(tarballs).map(([name, file]) => [name, `file:${file}`]),
    ),
  };
  writeFileSync(path, `${JSON.stringify(manifest, null, 2)}\n`);
}
