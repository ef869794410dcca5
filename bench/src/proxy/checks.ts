import { atLeast, atMost, Check, median, skipped } from '../report';
import type { CallMeasurement } from './measureCalls';
import type { MemoryMeasurement } from './measureMemory';

export const AGENT = 'this proxy';

/** The memory that one idle watch may take, in KiB. */
const MAX_WATCH_KIB = 40;
/** How much memory may grow while a huge body passes, in MiB. */
const MAX_HUGE_MIB = 64;
/** How many times the calls of one worker two must do. */
const MIN_WORKER_GAIN = 1.7;

const KIB = 1024;
const MIB = 1024 * 1024;
const rounded = (value: number) => Number(value.toPrecision(3));

/** All that the checks are about. */
export type Measurements = {
  calls: CallMeasurement[];
  memory: MemoryMeasurement[];
  /** In milliseconds. */
  fdatasyncP50: number | undefined;
  /** Of two workers' calls per second and one's; undefined where there are too few cores. */
  workerGain: number | undefined;
};

function compareCalls({ calls, fdatasyncP50 }: Measurements): Check[] {
  const find = (
    scenario: CallMeasurement['scenario'],
    connections: number,
    contender: string,
  ) =>
    calls.find(
      call =>
        call.transport === 'http' &&
        call.scenario === scenario &&
        call.connections === connections &&
        call.contender === contender,
    );
  /**
   * The proxy's value in those of another, if both were measured: the median
   * over the rounds, each compared with its own, so that a busy machine counts
   * on both sides.
   */
  const ratio = (
    connections: number,
    other: string,
    key: 'requestsPerSecond' | 'p50' | 'cpuPerRequest',
  ) => {
    const ours = find('get', connections, AGENT)?.rounds ?? [];
    const theirs = find('get', connections, other)?.rounds ?? [];
    const ratios = ours.flatMap((round, i) => {
      const [mine, yours] = [round[key], theirs[i]?.[key]];
      return mine && yours ? mine / yours : [];
    });
    const middle = median(ratios);
    return middle && rounded(middle);
  };
  const compare = (
    name: string,
    value: number | undefined,
    check: typeof atMost,
    limit: number,
  ) =>
    value === undefined
      ? skipped(name, `${limit}`, 'not measured')
      : check(name, value, limit);

  const create = find('create', 1, AGENT);
  const bareCreate = find('create', 1, 'bare Node http');
  return [
    compare(
      'small GETs, 32 connections: requests/s in those of http-proxy',
      ratio(32, 'http-proxy', 'requestsPerSecond'),
      atLeast,
      1.2,
    ),
    compare(
      'small GETs, 32 connections: CPU per request in that of bare Node http',
      ratio(32, 'bare Node http', 'cpuPerRequest'),
      atMost,
      1.2,
    ),
    compare(
      'small GETs, 32 connections: CPU per request in that of kubectl proxy',
      ratio(32, 'kubectl proxy', 'cpuPerRequest'),
      atMost,
      0.6,
    ),
    compare(
      'small GETs, 1 connection: p50 in that of http-proxy',
      ratio(1, 'http-proxy', 'p50'),
      atMost,
      1,
    ),
    create && bareCreate && fdatasyncP50
      ? {
          ...atMost(
            'creates, 1 connection: p50 beyond that of bare Node http, ms',
            rounded(create.p50 - bareCreate.p50),
            rounded(fdatasyncP50),
          ),
          target: `≤ ${rounded(fdatasyncP50)} (p50 of one fdatasync)`,
        }
      : skipped('creates, 1 connection', 'one fdatasync', 'not measured'),
  ];
}

function checkMemory({ memory }: Measurements): Check[] {
  const agent = memory.find(
    ({ contender, transport }) => contender === AGENT && transport === 'http',
  );
  return agent
    ? [
        atMost(
          '1,000 idle watches: KiB each',
          rounded(agent.perIdleWatch / KIB),
          MAX_WATCH_KIB,
        ),
        atMost(
          '1 GiB to the API server: growth in MiB',
          rounded(agent.hugeUpload / MIB),
          MAX_HUGE_MIB,
        ),
        atMost(
          '1 GiB from the API server: growth in MiB',
          rounded(agent.hugeDownload / MIB),
          MAX_HUGE_MIB,
        ),
      ]
    : [];
}

/** Holds what was measured against its targets. */
export function checkMeasurements(measurements: Measurements): Check[] {
  const { workerGain } = measurements;
  const workers = 'two workers: requests/s in those of one';
  return [
    ...compareCalls(measurements),
    ...checkMemory(measurements),
    workerGain === undefined
      ? skipped(workers, `≥ ${MIN_WORKER_GAIN}`, 'cores')
      : atLeast(workers, rounded(workerGain), MIN_WORKER_GAIN),
  ];
}
