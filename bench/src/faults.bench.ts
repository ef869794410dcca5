/*
 * What is lost when the proxy is killed a thousand times under load, and its
 * disk and its portal break meanwhile: nothing.
 *
 * `--kills n` and `--seed n`, or BENCH_KILLS and BENCH_SEED in the environment.
 */
import { randomInt } from 'node:crypto';
import { parseArgs } from 'node:util';
// The suite belongs to the agent's tests, which no package exports.
// eslint-disable-next-line @backstage/no-relative-monorepo-imports
import { FaultReport, FaultSuite } from '../../proxy-agent/test/faults';
import { Check, median, printTable, skipped, writeResults } from './report';

const DEFAULT_KILLS = 1000;
const MAX_SEED = 2 ** 31;

function none(name: string, value: number): Check {
  return { name, value, target: '0', holds: value === 0 };
}

function checksOf(report: FaultReport): Check[] {
  const { total } = report;
  return [
    none('calls without a record', total.lost),
    none('records too many', total.duplicated),
    none('records that contradict what the user saw', total.untrue),
    none('sequences missing', report.gaps),
    none('sessions without an end', total.endless),
    none('sessions with two ends', total.endedTwice),
    none('sessions whose output is not all recorded', total.unrecorded),
    none(
      'bytes of output that users saw and recordings lost',
      total.lostOutput,
    ),
    none('sessions that end in the middle of a frame', total.garbled),
    none('findings in all', report.findings.length),
    ...report.skipped.map(kind =>
      skipped(kind, '0', 'mounting is not permitted'),
    ),
  ];
}

function print(report: FaultReport): void {
  const { total } = report;
  console.log(
    `\nrequests ${total.requests}, records ${total.records}, lost ${total.lost}, duplicated ${total.duplicated}\nsessions ${total.sessions} (${total.spdySessions} over SPDY), recordings ${total.recordings}, lost output ${total.lostOutput}: ${total.complete} complete, ${total.recovered} recovered, ${total.truncated} truncated by a full disk\n`,
  );
  printTable(
    [
      'fault',
      'kills',
      'requests',
      'records',
      'lost',
      'doubled',
      'sessions',
      'recordings',
      'lost output',
    ],
    [...report.byFault]
      .sort(([a], [b]) => a.localeCompare(b))
      .map(([fault, tally]) => [
        fault,
        report.kills.get(fault) ?? 0,
        tally.requests,
        tally.records,
        tally.lost,
        tally.duplicated,
        tally.sessions,
        tally.recordings,
        tally.lostOutput,
      ]),
  );
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { kills: { type: 'string' }, seed: { type: 'string' } },
  });
  const kills = Number(
    values.kills ?? process.env.BENCH_KILLS ?? DEFAULT_KILLS,
  );
  const seed = Number(
    values.seed ?? process.env.BENCH_SEED ?? randomInt(MAX_SEED),
  );
  console.log(`${kills} kills, seed ${seed}\n`);

  const startedAt = performance.now();
  const report = await FaultSuite.create({
    kills,
    seed,
    log: line => console.log(line),
  }).run();
  const seconds = Math.round((performance.now() - startedAt) / 1000);

  print(report);
  const startMs = Math.round(median(report.startTimes) ?? 0);
  console.log(`${seconds} s; a start takes ${startMs} ms until it is ready\n`);
  const checks = checksOf(report);
  writeResults('faults', checks, {
    seed,
    seconds,
    startMs,
    kills: Object.fromEntries(report.kills),
    byFault: Object.fromEntries(report.byFault),
    total: report.total,
    findings: report.findings,
  });
  if (checks.some(check => !check.holds)) {
    process.exitCode = 1;
  }
}

main().catch(error => {
  console.error(error);
  process.exit(1);
});
