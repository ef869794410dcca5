/*
 * Pages of the list of recordings, asked of a portal over HTTP, with a million
 * recordings in SQLite and in Postgres.
 *
 *   BENCH_RECORDINGS=n   so many recordings
 *   BENCH_TIMES=n        so many requests of each kind
 *   BENCH_SEED=n         other users, clusters and addresses
 *   BENCH_DATABASE=name  SQLite or Postgres alone
 *   BENCH_KEEP=1         what is in SQLite is kept for the next run
 */
import { writeResults } from './report';
import { RecordingsBenchmark } from './recordings/RecordingsBenchmark';

async function main(): Promise<void> {
  const options = {
    count: Number(process.env.BENCH_RECORDINGS ?? 1_000_000),
    times: Number(process.env.BENCH_TIMES ?? 60),
    seed: Number(process.env.BENCH_SEED ?? 1),
    database: process.env.BENCH_DATABASE,
    keep: process.env.BENCH_KEEP === '1',
  };
  const { measurements, checks } = await RecordingsBenchmark.run(options);
  writeResults('recordings', checks, { options, measurements });
}

main().catch(error => {
  console.error(error);
  process.exit(1);
});
