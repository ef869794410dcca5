import { execFileSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { RESULTS } from '../report';

const REPOSITORY = join(__dirname, '../../..');
const COMMON = 'backstage-plugin-kubernetes-audit-common';

/** Builds a package as it is published, in a folder of its own; returns that folder. */
function build(source: string, target: string): string {
  mkdirSync(target, { recursive: true });
  for (const part of ['package.json', 'src', 'bin']) {
    if (existsSync(join(source, part))) {
      cpSync(join(source, part), join(target, part), { recursive: true });
    }
  }
  // The role `cli` asks for no declarations, which would need the type checker.
  execFileSync(
    process.execPath,
    [
      join(REPOSITORY, 'node_modules/@backstage/cli/bin/backstage-cli'),
      'package',
      'build',
      '--role',
      'cli',
    ],
    { cwd: target, stdio: ['ignore', 'ignore', 'inherit'] },
  );
  // Without its sources the program runs its build.
  rmSync(join(target, 'src'), { recursive: true });
  const file = join(target, 'package.json');
  const { publishConfig, ...manifest } = JSON.parse(readFileSync(file, 'utf8'));
  writeFileSync(file, JSON.stringify({ ...manifest, ...publishConfig }));
  return target;
}

/**
 * The agent as a user installs it: built, so that no transform is measured.
 *
 * @param source - the folder of a `proxy-agent`
 * @returns its program
 */
export function buildAgent(
  name: string,
  source: string = join(REPOSITORY, 'proxy-agent'),
): string {
  const folder = join(RESULTS, 'build', name);
  rmSync(folder, { recursive: true, force: true });
  const common = build(
    join(REPOSITORY, 'plugins/kubernetes-audit-common'),
    join(folder, 'common'),
  );
  const agent = build(source, join(folder, 'agent'));
  const link = join(folder, 'node_modules', COMMON);
  mkdirSync(dirname(link), { recursive: true });
  symlinkSync(common, link);
  return join(agent, 'bin/kubernetes-audit-agent');
}
