/*
 * What the audited proxy costs, beside other ways to reach an API server.
 *
 * For work on the proxy, the environment can narrow it:
 *
 *   BENCH_SCENARIOS=get,create   only these kinds of calls; `memory`, `workers`
 *   BENCH_CONTENDERS=a,b         only these
 *   BENCH_TRANSPORTS=http        only over this
 *   BENCH_ROUNDS=n               so many rounds of each
 *   BENCH_COMPARE=<folder>,…     also other versions of `proxy-agent`
 */
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { CORES, pinThisProcess } from './machine';
import { ProxyBenchmark } from './proxy/ProxyBenchmark';
import { RESULTS } from './report';

async function main(): Promise<void> {
  pinThisProcess(CORES.load);
  const directory = join(RESULTS, 'proxy-run');
  rmSync(directory, { recursive: true, force: true });
  mkdirSync(directory, { recursive: true });
  try {
    await ProxyBenchmark.run(directory);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

main().catch(error => {
  console.error(error);
  process.exit(1);
});
