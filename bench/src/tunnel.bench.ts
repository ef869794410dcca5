/*
 * What the reverse tunnel costs, beside the direct way and OpenSSH's `ssh -R`,
 * which carry the same load in the same run.
 * API servers speak TLS, as those of clusters do: on the direct way the proxy
 * decrypts what they say, on the others what the tunnel carries.
 *
 * The proxy has one core to itself, and shares it with nothing but the side of
 * SSH that would stand beside it. Clients, API servers and the portal have
 * another one. The far side of a tunnel has a third core; where there are two
 * alone, it shares that of the load: then requests/s of the tunnel may be less
 * than its proxy could do, and the processor time for each request, which the
 * table has for the proxy and for what carries its calls on, says more.
 *
 *   BENCH_ROUNDS=n      so many rounds of each
 *   BENCH_MEGABYTES=n   so much output of an exec
 *   BENCH_WAYS=a,b      only these, such as direct,tunnel
 *   BENCH_PLAIN_API=1   API servers without TLS
 *   BENCH_PROFILE=dir   profiles of the proxy and of the agent
 */
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { CORES, pinThisProcess } from './machine';
import { RESULTS } from './report';
import { TunnelBenchmark } from './tunnel/TunnelBenchmark';

async function main(): Promise<void> {
  pinThisProcess(CORES.load);
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
