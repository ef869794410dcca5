import { existsSync, readdirSync } from 'node:fs';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { bootstrap } from './bootstrap/bootstrap.mjs';
import { CommandError, runCommand } from './bootstrap/CommandError.mjs';
import { Progress } from './bootstrap/Progress.mjs';
import { REPOSITORY } from './bootstrap/repository.mjs';

/** A benchmark is a file `<name>.bench.ts`. */
const BENCHMARKS = join(REPOSITORY, 'bench/src');
const SUFFIX = '.bench.ts';

// `npm run bench` runs all benchmarks, `npm run bench -- proxy` only that one.
await runCommand(async () => {
  if (!(await bootstrap(Progress.create()))) return;

  const found = (existsSync(BENCHMARKS) ? readdirSync(BENCHMARKS) : [])
    .filter(file => file.endsWith(SUFFIX))
    .map(file => file.slice(0, -SUFFIX.length))
    .sort();
  const asked = process.argv.slice(2);
  const unknown = asked.filter(name => !found.includes(name));
  if (unknown.length > 0) {
    throw new CommandError(
      `There is no benchmark ${unknown.join(', ')}.`,
      `There are: ${found.join(', ') || 'none yet'}`,
    );
  }
  if (found.length === 0) console.log('There are no benchmarks yet.');
  for (const name of asked.length > 0 ? asked : found) {
    console.log(`\n=== ${name} ===\n`);
    const child = spawn(
      process.execPath,
      [
        '--require',
        '@backstage/cli/config/nodeTransform.cjs',
        join(BENCHMARKS, `${name}${SUFFIX}`),
      ],
      { cwd: REPOSITORY, stdio: 'inherit' },
    );
    const [code] = await once(child, 'exit');
    if (code !== 0) throw new CommandError(`The benchmark ${name} failed.`);
  }
});
