/*
 * What it costs to record sessions: kubectl through the recording proxy and
 * through a bare pipe, upgraded connections alone, echoes, memory, the size of
 * recordings, and what is left of recordings that were cut anywhere.
 *
 * kubectl 1.20 (SPDY) runs against the real Kubernetes of ../shared/cluster,
 * where that is, and kubectl 1.30 or newer (WebSocket v5, which that Kubernetes
 * has not) against the demo cluster.
 *
 * For work on the proxy, the environment can narrow it:
 *
 *   BENCH_PARTS=kubectl,upgraded   only these; echo, container, truncations
 *   BENCH_MB=n                     so many MB from the pod, half of it to the pod
 *   BENCH_ROUNDS=n                 so many rounds of each
 *   BENCH_KEYSTROKES=n             so many keystrokes in each session
 *   BENCH_TRUNCATIONS=n            so many recordings are cut
 *   BENCH_SEED=n                   cut at the same places as another time
 *   BENCH_OLD_KUBECTL=<program>    a kubectl before 1.30, where there is no ../shared/cluster
 *   BENCH_PROFILE=<folder>         profiles of the agent's processor time go there
 */
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { RecordingBenchmark } from './recording/RecordingBenchmark';
import { RESULTS } from './report';

async function main(): Promise<void> {
  const directory = join(RESULTS, 'recording-run');
  rmSync(directory, { recursive: true, force: true });
  mkdirSync(directory, { recursive: true });
  try {
    await RecordingBenchmark.run(directory);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

main().catch(error => {
  console.error(error);
  process.exit(1);
});
