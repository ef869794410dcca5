import { atLeast, atMost, Check, median, skipped } from '../report';
import type { ContainerMeasurement } from './measureContainer';
import type { EchoMeasurement } from './measureEcho';
import type { KubectlContender, KubectlMeasurement } from './measureKubectl';
import type { TruncationMeasurement } from './measureTruncations';
import type { UpgradedContender, UpgradedRun } from './measureUpgraded';
import type { SessionTransport } from './sessionCommands';

/** Throughput of kubectl in that of a bare TCP pass-through. */
const MIN_KUBECTL = 0.6;
/** Throughput of an upgraded connection in that of a bare pipe. */
const MIN_UPGRADED = 0.15;
/** Echo in that of a session that is not recorded. */
const MAX_ECHO = 1.2;
/** How much memory may grow from a quarter of the output to all of it, in MiB. */
const MAX_GROWTH_MIB = 16;
/** Size of a recording in that of its asciicast under gzip. */
const MAX_CONTAINER = 1.05;

const MIB = 1024 * 1024;
const TRANSPORTS = ['websocket', 'spdy'] as const;
const rounded = (value: number) => Number(value.toPrecision(3));

/** How transports are called in tables. */
export const TRANSPORT_NAMES: Record<SessionTransport, string> = {
  websocket: 'WebSocket',
  spdy: 'SPDY',
};

/** All that the checks are about. */
export type Measurements = {
  kubectl: KubectlMeasurement[];
  upgraded: UpgradedRun[];
  echo: EchoMeasurement[];
  container: ContainerMeasurement[];
  truncations: TruncationMeasurement | undefined;
};

/**
 * The median, over the rounds, of one contender's value in another's, so that a
 * busy machine counts on both sides.
 */
export function medianRatio<Run extends { contender: string }>(
  runs: Run[],
  ours: Run['contender'],
  theirs: Run['contender'],
  value: (run: Run) => number,
): number | undefined {
  const of = (contender: string) =>
    runs.filter(run => run.contender === contender);
  const others = of(theirs);
  return median(
    of(ours).map((run, round) => value(run) / value(others[round])),
  );
}

function checkKubectl({ kubectl }: Measurements): Check[] {
  const names = {
    out: (megabytes: number) => `${megabytes} MB from the pod`,
    in: (megabytes: number) => `${megabytes} MB to the pod`,
  };
  const checks = kubectl.flatMap(({ cluster, transport, megabytes, runs }) =>
    (['out', 'in'] as const).map(direction => {
      const ratio = medianRatio<(typeof runs)[number]>(
        runs.filter(run => run.direction === direction),
        'this proxy' satisfies KubectlContender,
        'net pipe' satisfies KubectlContender,
        run => run.megabytesPerSecond,
      );
      return atLeast(
        `kubectl exec, ${cluster}, ${TRANSPORT_NAMES[transport]}, ${names[
          direction
        ](megabytes[direction])}: MB/s in those of a net pipe`,
        rounded(ratio ?? NaN),
        MIN_KUBECTL,
      );
    }),
  );
  return checks.length > 0
    ? checks
    : [skipped('kubectl exec', `≥ ${MIN_KUBECTL}`, 'not measured')];
}

function checkUpgraded({ upgraded }: Measurements): Check[] {
  return TRANSPORTS.flatMap(transport => {
    const ratio = medianRatio<UpgradedRun>(
      upgraded.filter(run => run.transport === transport),
      'this proxy' satisfies UpgradedContender,
      'net pipe' satisfies UpgradedContender,
      run => run.megabytesPerSecond,
    );
    const name = `upgraded connection, ${TRANSPORT_NAMES[transport]}: MB/s in those of a net pipe`;
    return ratio === undefined
      ? skipped(name, `≥ ${MIN_UPGRADED}`, 'not measured')
      : atLeast(name, rounded(ratio), MIN_UPGRADED);
  });
}

function checkEcho({ echo }: Measurements): Check[] {
  return TRANSPORTS.map(transport => {
    const p50 = (contender: UpgradedContender) =>
      echo.find(
        item => item.transport === transport && item.contender === contender,
      )?.p50;
    const ours = p50('this proxy');
    const unrecorded = p50('this proxy, unrecorded');
    const name = `echo, ${TRANSPORT_NAMES[transport]}: p50 in that of an unrecorded session`;
    return ours === undefined || unrecorded === undefined
      ? skipped(name, `≤ ${MAX_ECHO}`, 'not measured')
      : atMost(name, rounded(ours / unrecorded), MAX_ECHO);
  });
}

/** In bytes; undefined when not measured. */
function growth(
  runs: { contender: string; peakGrowth?: number }[],
): number | undefined {
  return median(
    runs.flatMap(({ contender, peakGrowth }) =>
      contender === 'this proxy' ? peakGrowth ?? [] : [],
    ),
  );
}

function checkMemory({ kubectl, upgraded }: Measurements): Check[] {
  const name = (what: string) =>
    `${what}: growth of the peak from a quarter of the output to all of it, MiB`;
  const check = (what: string, bytes: number | undefined) =>
    bytes === undefined
      ? skipped(name(what), `≤ ${MAX_GROWTH_MIB}`, 'not measured')
      : atMost(name(what), rounded(bytes / MIB), MAX_GROWTH_MIB);
  return [
    check('upgraded connection', growth(upgraded)),
    ...kubectl.map(({ cluster, transport, runs }) =>
      check(
        `kubectl exec, ${cluster}, ${TRANSPORT_NAMES[transport]}`,
        growth(runs),
      ),
    ),
  ];
}

function checkTruncations({ truncations }: Measurements): Check[] {
  if (!truncations) {
    return [skipped('truncations', '0 wrong recoveries', 'not measured')];
  }
  const count = `${truncations.truncations} truncations`;
  return [
    {
      name: `${count}: wrong recoveries`,
      value: truncations.wrong,
      target: '0',
      holds: truncations.wrong === 0,
    },
    atMost(`${count}: frames lost by one`, truncations.mostFramesLost, 1),
  ];
}

/** Holds what was measured against its targets. */
export function checkMeasurements(measurements: Measurements): Check[] {
  return [
    ...checkKubectl(measurements),
    ...checkUpgraded(measurements),
    ...checkEcho(measurements),
    ...checkMemory(measurements),
    ...measurements.container
      .filter(({ checked }) => checked)
      .map(({ name, containerBytes, gzipBytes }) =>
        atMost(
          `size, ${name}: in that of its asciicast under gzip`,
          rounded(containerBytes / gzipBytes),
          MAX_CONTAINER,
        ),
      ),
    ...checkTruncations(measurements),
  ];
}
