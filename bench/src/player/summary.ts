import { quantile } from '../report';
import type { Run } from './measureRun';

/** Of all cold seeks, the time below which 95 % of them lie, in milliseconds. */
export function seekP95(runs: Run[]): number | undefined {
  const seeks = runs
    .flatMap(run => [
      ...[run.middle, run.end, run.quarter].flatMap(value => value ?? []),
      ...run.elsewhere,
    ])
    .sort((a, b) => a - b);
  return seeks.length > 0 ? quantile(seeks, 0.95) : undefined;
}
