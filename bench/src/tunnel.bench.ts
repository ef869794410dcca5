/*
 * What the reverse tunnel costs, beside the direct way and OpenSSH's `ssh -R`,
 * which carry the same load in the same run.
 *
 *   BENCH_ROUNDS=n      so many rounds of each
 *   BENCH_MEGABYTES=n   so much output of an exec
 */
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { RESULTS } from './report';
import { TunnelBenchmark } from './tunnel/TunnelBenchmark';

async function main(): Promise<void> {
  const directory = join(RESULTS, 'tunnel-run');
  rmSync(directory, { recursive: true, force: true });
  mkdirSync(directory, { recursive: true });
  try {
    await TunnelBenchmark.run(directory);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

main().catch(error => {
  console.error(error);
  process.exit(1);
});
