import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { yarnRelease } from '../bootstrap/dependencies.mjs';
import { REPOSITORY } from '../bootstrap/repository.mjs';
import { runQuietly } from '../bootstrap/runQuietly.mjs';

/** What is published, by folder. */
export const PUBLISHED = [
  'plugins/kubernetes-audit-common',
  'plugins/kubernetes-audit-node',
  'plugins/kubernetes-audit-backend',
  'plugins/kubernetes-audit',
  'plugins/kubernetes-backend-module-kubernetes-audit',
  'plugins/kubernetes-module-kubernetes-audit',
  'proxy-agent',
];

/**
 * Builds what is published, and packs it as `npm publish` would.
 *
 * @param {string} directory - for the tarballs
 * @returns {Promise<Record<string, string>>} tarballs by package name
 */
export async function packPackages(directory) {
  mkdirSync(directory, { recursive: true });
  if (!process.env.INSTALL_BUILT) {
    // Stale declarations would be packed as if they were right.
    rmSync(join(REPOSITORY, 'dist-types'), { recursive: true, force: true });
    await yarn(['tsc', '--incremental', 'false']);
    await yarn(['backstage-cli', 'repo', 'build']);
  }
  /** @type {Record<string, string>} */
  const tarballs = {};
  for (const folder of PUBLISHED) {
    const cwd = join(REPOSITORY, folder);
    const { name } = JSON.parse(
      readFileSync(join(cwd, 'package.json'), 'utf8'),
    );
    const { code, lines } = await runQuietly(
      'npm',
      ['pack', '--silent', '--pack-destination', directory],
      { cwd },
    );
    if (code !== 0) {
      throw new Error(`npm pack of ${name} failed:\n${lines.join('\n')}`);
    }
    const filename = lines.find(line => /^\S+\.tgz$/.test(line));
    if (!filename) throw new Error(`npm pack of ${name} names no file`);
    tarballs[name] = join(directory, filename);
  }
  return tarballs;
}

/** @param {string[]} args */
async function yarn(args) {
  const { code, lines } = await runQuietly(process.execPath, [
    yarnRelease(),
    ...args,
  ]);
  if (code !== 0) {
    throw new Error(`yarn ${args.join(' ')} failed:\n${lines.join('\n')}`);
  }
}
