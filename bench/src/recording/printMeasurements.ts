import { median, printTable } from '../report';
import { medianRatio, Measurements, TRANSPORT_NAMES } from './checks';
import {
  KUBECTL_CONTENDERS,
  KubectlMeasurement,
  KubectlRun,
} from './measureKubectl';
import { UPGRADED_CONTENDERS, UpgradedRun } from './measureUpgraded';

const MIB = 1024 * 1024;

const medianOf = <Item>(items: Item[], value: (item: Item) => number) =>
  median(items.map(value));

function printKubectl({
  title,
  transport,
  megabytes,
  runs,
}: KubectlMeasurement): void {
  console.log(
    `kubectl exec, ${TRANSPORT_NAMES[transport]}, ${title}; ${megabytes.out} MB from the pod | ${megabytes.in} MB to the pod`,
  );
  printTable(
    [
      'TLS; MB/s of the whole command',
      ...['out', 'in'].flatMap(() => ['MB/s', 'of a net pipe', 'CPU ms/MB']),
    ],
    KUBECTL_CONTENDERS.map(contender => [
      contender,
      ...(['out', 'in'] as const).flatMap(direction => {
        const all = runs.filter(run => run.direction === direction);
        const own = all.filter(run => run.contender === contender);
        return [
          medianOf(own, run => run.megabytesPerSecond),
          medianRatio<KubectlRun>(
            all,
            contender,
            'net pipe',
            run => run.megabytesPerSecond,
          ),
          medianOf(own, run => run.cpuPerMegabyte),
        ];
      }),
    ]),
  );
}

function printUpgraded(runs: UpgradedRun[]): void {
  console.log(
    'an upgraded connection alone, frames of 32 KiB, plain HTTP; WebSocket | SPDY',
  );
  printTable(
    [
      '',
      ...['websocket', 'spdy'].flatMap(() => [
        'MB/s',
        'of a net pipe',
        'CPU ms/MB',
        'growth MiB',
      ]),
    ],
    UPGRADED_CONTENDERS.map(contender => [
      contender,
      ...(['websocket', 'spdy'] as const).flatMap(transport => {
        const all = runs.filter(run => run.transport === transport);
        const own = all.filter(run => run.contender === contender);
        return [
          medianOf(own, run => run.megabytesPerSecond),
          medianRatio<UpgradedRun>(
            all,
            contender,
            'net pipe',
            run => run.megabytesPerSecond,
          ),
          medianOf(own, run => run.cpuPerMegabyte),
          medianOf(own, run => run.peakGrowth / MIB),
        ];
      }),
    ]),
  );
}

/** Prints a table for each kind of measurement that was made. */
export function printMeasurements(measurements: Measurements): void {
  const { kubectl, upgraded, echo, container, truncations } = measurements;
  console.log();
  kubectl.forEach(printKubectl);
  if (upgraded.length > 0) {
    printUpgraded(upgraded);
  }
  if (echo.length > 0) {
    console.log('a keystroke and its echo, plain HTTP');
    printTable(
      ['', 'p50 ms', 'p95 ms', 'p99 ms'],
      echo.map(({ contender, transport, p50, p95, p99 }) => [
        `${TRANSPORT_NAMES[transport]}, ${contender}`,
        p50,
        p95,
        p99,
      ]),
    );
  }
  if (container.length > 0) {
    console.log('the size of a recording, beside that of its asciicast v2');
    printTable(
      ['', 'frames', 'cast KiB', 'gzip -6 KiB', 'recording KiB', 'ratio'],
      container.map(item => [
        item.name,
        item.frames,
        item.castBytes / 1024,
        item.gzipBytes / 1024,
        item.containerBytes / 1024,
        item.containerBytes / item.gzipBytes,
      ]),
    );
  }
  if (truncations) {
    console.log('recordings of a killed proxy, cut anywhere');
    printTable(
      ['', 'wrong', 'most frames lost', 'frames lost in all'],
      [
        [
          `${truncations.truncations} truncations, seed ${truncations.seed}`,
          truncations.wrong,
          truncations.mostFramesLost,
          truncations.framesLost,
        ],
      ],
    );
    truncations.findings.forEach(finding => console.log(finding));
  }
}
