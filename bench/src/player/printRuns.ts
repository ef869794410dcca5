import { median, printTable } from '../report';
import type { Run } from './measureRun';
import { seekP95 } from './summary';

const KB = 1000;
const MB = 1_000_000;

function middle(runs: Run[], pick: (run: Run) => number | undefined) {
  return median(runs.flatMap(run => pick(run) ?? []));
}

const scaled = (value: number | undefined, unit: number) =>
  value === undefined ? undefined : value / unit;

/** Prints a table for each size: medians over the rounds. */
export function printRuns(runs: Run[]): void {
  for (const sizeMb of new Set(runs.map(run => run.sizeMb))) {
    const ofSize = runs.filter(run => run.sizeMb === sizeMb);
    console.log(
      `\n${sizeMb} MB, ms; memory is the renderer's PSS after a garbage collection`,
    );
    printTable(
      [
        '',
        'rounds',
        'first frame',
        'middle',
        'end',
        'back to ¼',
        'elsewhere',
        'seeks p95',
        'memory MB',
        'KB to 1st frame',
        'KB in all',
      ],
      [...new Set(ofSize.map(run => run.contender))].map(name => {
        const all = ofSize.filter(run => run.contender === name);
        const good = all.filter(run => run.failure === undefined);
        const failure = all.find(run => run.failure !== undefined)?.failure;
        return [
          name,
          good.length === all.length
            ? all.length
            : `${all.length - good.length} of ${all.length} failed`,
          middle(good, run => run.firstFrame) ??
            (failure && failure.split('\n')[0].slice(0, 60)),
          middle(good, run => run.middle),
          middle(good, run => run.end),
          middle(good, run => run.quarter),
          middle(good, run => median(run.elsewhere)),
          seekP95(good),
          scaled(
            middle(all, run => run.rendererBytes),
            MB,
          ),
          scaled(
            middle(good, run => run.bytesToFirstFrame),
            KB,
          ),
          scaled(
            middle(good, run => run.bytesInAll),
            KB,
          ),
        ];
      }),
    );
  }
}
