import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { runQuietly } from '../bootstrap/runQuietly.mjs';

const AGENT = 'kubernetes-audit-agent';
const COMMON = 'backstage-plugin-kubernetes-audit-common';

/**
 * Whether the agent runs in a project that has nothing else.
 *
 * @param {import('./Checks.mjs').Checks} checks
 * @param {string} directory - made by this
 * @param {Record<string, string>} tarballs - by package name
 */
export async function checkAgentAlone(checks, directory, tarballs) {
  mkdirSync(directory, { recursive: true });
  writeFileSync(join(directory, 'package.json'), '{"private": true}\n');
  const run = (/** @type {string[]} */ ...args) =>
    spawnSync(join(directory, 'node_modules/.bin', AGENT), args, {
      cwd: directory,
      encoding: 'utf8',
    });
  await checks.check(
    'the agent is installed into an empty project',
    async () => {
      const { code, lines } = await runQuietly(
        'npm',
        [
          'install',
          '--no-audit',
          '--no-fund',
          tarballs[AGENT],
          tarballs[COMMON],
        ],
        { cwd: directory },
      );
      if (code !== 0) throw new Error(lines.join('\n'));
    },
  );
  await checks.check('the agent says its version', async () => {
    const { stdout, stderr } = run('--version');
    if (!/^\d+\.\d+\.\d+\s*$/.test(stdout)) throw new Error(stdout + stderr);
  });
  await checks.check('the agent explains a wrong configuration', async () => {
    writeFileSync(join(directory, 'wrong.yaml'), 'agentId: a\nclusterz: []\n');
    const { status, stdout, stderr } = run('check', '--config', 'wrong.yaml');
    if (status !== 1 || !/clusterz/.test(stdout + stderr)) {
      throw new Error(`${status}: ${stdout}${stderr}`);
    }
  });
  await checks.check('the agent accepts a right configuration', async () => {
    writeFileSync(
      join(directory, 'right.yaml'),
      stringify({
        agentId: 'a',
        stateDirectory: 'state',
        portal: { url: 'https://portal.example.com', token: 'long-enough' },
        server: { host: '127.0.0.1' },
        clusters: [{ name: 'a', endpoint: 'https://127.0.0.1:6443' }],
      }),
    );
    const { status, stdout, stderr } = run('check', '--config', 'right.yaml');
    if (status !== 0) throw new Error(`${status}: ${stdout}${stderr}`);
  });
}
