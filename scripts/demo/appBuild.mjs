import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CommandError } from '../bootstrap/CommandError.mjs';
import { REPOSITORY } from '../bootstrap/repository.mjs';
import { runQuietly } from '../bootstrap/runQuietly.mjs';
import { yarnRelease } from '../bootstrap/dependencies.mjs';

const SOURCES = [
  'packages/app/package.json',
  'packages/app/public',
  'packages/app/src',
  'plugins/kubernetes-audit/package.json',
  'plugins/kubernetes-audit/src',
  'plugins/kubernetes-audit-common/package.json',
  'plugins/kubernetes-audit-common/src',
  'plugins/kubernetes-module-kubernetes-audit/package.json',
  'plugins/kubernetes-module-kubernetes-audit/src',
  'yarn.lock',
];
const DIST = join(REPOSITORY, 'packages/app/dist');
/** Holds the hash of the sources that the build was made from. */
const STAMP = join(DIST, '.sources');
const SHOWN_LINES = 25;

/**
 * Builds the app unless the build that is there was made from these sources.
 * The backend serves it and puts its own configuration in, so that one build
 * serves on any port.
 *
 * @param {import('../bootstrap/Progress.mjs').Progress} progress
 */
export async function buildApp(progress) {
  const hash = hashOfSources();
  if (existsSync(STAMP) && readFileSync(STAMP, 'utf8') === hash) return;
  await progress.step('Building the app', async tell => {
    const { code, lines } = await runQuietly(
      process.execPath,
      [yarnRelease(), 'workspace', 'app', 'build'],
      {
        env: {
          ...process.env,
          APP_CONFIG_app_baseUrl: '"http://localhost:7007"',
        },
        onLine: tell,
      },
    );
    if (code !== 0) {
      throw new CommandError(
        `The app could not be built:\n${lines.slice(-SHOWN_LINES).join('\n')}`,
      );
    }
    writeFileSync(STAMP, hash);
  });
}

function hashOfSources() {
  const hash = createHash('sha256');
  for (const file of SOURCES.flatMap(filesBelow).sort()) {
    hash.update(`${file}\0`);
    hash.update(readFileSync(join(REPOSITORY, file)));
  }
  return hash.digest('hex');
}

/**
 * @param {string} path - relative to the repository
 * @returns {string[]}
 */
function filesBelow(path) {
  const absolute = join(REPOSITORY, path);
  if (!existsSync(absolute)) return [];
  try {
    return readdirSync(absolute).flatMap(name => filesBelow(join(path, name)));
  } catch (error) {
    if (error?.code === 'ENOTDIR') return [path];
    throw error;
  }
}
