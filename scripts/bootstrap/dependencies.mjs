import { existsSync, readFileSync, statSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { CommandError } from './CommandError.mjs';
import { REPOSITORY } from './repository.mjs';
import { runQuietly } from './runQuietly.mjs';

const SHOWN_LINES = 25;

/** Written by Yarn at the end of an install. */
const STATE = join(REPOSITORY, 'node_modules/.yarn-state.yml');
const LOCK = join(REPOSITORY, 'yarn.lock');

/** The path of the Yarn release that the repository brings. */
export function yarnRelease() {
  const configuration = readFileSync(join(REPOSITORY, '.yarnrc.yml'), 'utf8');
  const path = /^yarnPath: *(\S+)/m.exec(configuration)?.[1];
  if (!path) throw new CommandError('.yarnrc.yml names no yarnPath.');
  return join(REPOSITORY, path);
}

/**
 * Installs the dependencies unless they are there and as new as yarn.lock.
 *
 * @param {import('./Progress.mjs').Progress} progress
 */
export async function installDependencies(progress) {
  if (existsSync(STATE) && statSync(STATE).mtimeMs >= statSync(LOCK).mtimeMs) {
    return;
  }
  await progress.step('Installing dependencies', async tell => {
    const { code, lines } = await runQuietly(
      process.execPath,
      [yarnRelease(), 'install', '--immutable'],
      { onLine: line => tell(line.replace(/^➤ (YN\d+: )?/, '')) },
    );
    if (code !== 0) {
      throw new CommandError(
        `yarn install failed:\n${lines.slice(-SHOWN_LINES).join('\n')}`,
        'Is the npm registry reachable? If yarn.lock does not fit package.json: run `yarn install`.',
      );
    }
    const now = new Date();
    utimesSync(STATE, now, now);
  });
}
