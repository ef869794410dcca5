/*
 * How fast the player is on small and huge recordings, beside asciinema-player
 * with the same recordings from the same portal.
 *
 * For work on the player, the environment can narrow it:
 *
 *   BENCH_SIZES=5,120,770   sizes of the recordings' asciicast files, in MB
 *   BENCH_ROUNDS=n          so many rounds of each
 *   BENCH_SEED=n            other recordings
 *
 * Recordings are kept in `bench/results/player-portal` from run to run.
 */
import { PlayerBenchmark } from './player/PlayerBenchmark';

const DEFAULT_SIZES = '5,120,770';
const DEFAULT_ROUNDS = 9;
const DEFAULT_SEED = 1;

PlayerBenchmark.run({
  sizes: (process.env.BENCH_SIZES ?? DEFAULT_SIZES).split(',').map(Number),
  rounds: Number(process.env.BENCH_ROUNDS ?? DEFAULT_ROUNDS),
  seed: Number(process.env.BENCH_SEED ?? DEFAULT_SEED),
}).catch(error => {
  console.error(error);
  process.exit(1);
});
