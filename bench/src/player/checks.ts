import { atMost, Check, median, skipped } from '../report';
import { PORTAL, SEGMENTED, WHOLE } from './contenders';
import type { Run } from './measureRun';
import { seekP95 } from './summary';

const WHOLE_MB = 120;
const LARGE_MB = 770;
const KIB = 1024;

const SEEKS = ['middle', 'end', 'quarter'] as const;
const NAMES: Record<Timed, string> = {
  firstFrame: 'first frame',
  middle: 'seek to the middle',
  end: 'seek to the end',
  quarter: 'seek back to a quarter',
};

type Timed = 'firstFrame' | (typeof SEEKS)[number];

const rounded = (value: number) => Number(value.toPrecision(3));

/** Holds what was measured against its targets. */
export function checkRuns(runs: Run[]): Check[] {
  const of = (contender: string, sizeMb: number) =>
    runs.filter(
      run =>
        run.contender === contender &&
        run.sizeMb === sizeMb &&
        run.failure === undefined,
    );
  const typical = (
    contender: string,
    sizeMb: number,
    pick: (run: Run) => number | undefined,
  ) => median(of(contender, sizeMb).flatMap(run => pick(run) ?? []));
  const limit = (name: string, value: number | undefined, most: number) =>
    value === undefined
      ? skipped(name, `≤ ${most}`, 'not measured')
      : atMost(name, rounded(value), most);
  /** Our time in another's: of the medians over the rounds. */
  const compare = (other: string, sizeMb: number, timed: Timed, most: number) =>
    limit(
      `${sizeMb} MB: ${NAMES[timed]} in that of ${other}`,
      quotient(
        typical(PORTAL, sizeMb, run => run[timed]),
        typical(other, sizeMb, run => run[timed]),
      ),
      most,
    );
  const growth = (
    name: string,
    pick: (run: Run) => number | undefined,
    most: number,
  ) =>
    limit(
      `${LARGE_MB} MB: ${name} in that of ${WHOLE_MB} MB`,
      quotient(
        typical(PORTAL, LARGE_MB, pick),
        typical(PORTAL, WHOLE_MB, pick),
      ),
      most,
    );
  const failures = runs.filter(
    run => run.contender === PORTAL && run.failure !== undefined,
  );

  return [
    atMost('replays that this player failed', failures.length, 0),
    compare(WHOLE, WHOLE_MB, 'firstFrame', 0.1),
    ...SEEKS.map(seek => compare(WHOLE, WHOLE_MB, seek, 0.15)),
    ...[...new Set(runs.map(run => run.sizeMb))].flatMap(sizeMb =>
      (['firstFrame', ...SEEKS] as const).map(timed =>
        compare(SEGMENTED, sizeMb, timed, 1),
      ),
    ),
    growth('first frame', run => run.firstFrame, 1.5),
    growth('memory', run => run.rendererBytes, 1.1),
    limit(
      `${LARGE_MB} MB: first frame, ms`,
      typical(PORTAL, LARGE_MB, run => run.firstFrame),
      1000,
    ),
    limit(`${LARGE_MB} MB: seeks p95, ms`, seekP95(of(PORTAL, LARGE_MB)), 200),
    limit(
      `${LARGE_MB} MB: KiB to the first frame`,
      quotient(
        typical(PORTAL, LARGE_MB, run => run.bytesToFirstFrame),
        KIB,
      ),
      256,
    ),
  ];
}

function quotient(a: number | undefined, b: number | undefined) {
  return a === undefined || b === undefined ? undefined : a / b;
}
