import { runLoad, warmUp } from '../load';
import { cpuMicroseconds } from '../machine';
import { median } from '../report';
import type { RunningContender, Transport } from './Contender';
import type { Scenario } from './scenarios';

/** What the calls of one kind cost through one contender: medians of the rounds. */
export type CallMeasurement = {
  scenario: Scenario['name'];
  transport: Transport;
  connections: number;
  contender: string;
  requestsPerSecond: number;
  /** In milliseconds. */
  p50: number;
  /** In milliseconds. */
  p99: number;
  /** Of all processes of the proxy, in microseconds; undefined without a proxy. */
  cpuPerRequest: number | undefined;
  /** The rounds by themselves, in their order. */
  rounds: Round[];
};

/** A contender that runs, and what it has had to audit so far. */
export type MeasuredContender = {
  name: string;
  running: RunningContender;
  records: number;
};

const WARM_UP_SECONDS = 0.2;

/** One round of one contender. */
export type Round = Pick<
  CallMeasurement,
  'requestsPerSecond' | 'p50' | 'p99' | 'cpuPerRequest'
>;

async function measureRound(
  contender: MeasuredContender,
  scenario: Scenario,
  load: { connections: number; seconds: number },
): Promise<Round> {
  const { running } = contender;
  let cpuBefore = 0;
  const result = await runLoad(running.address, {
    ...load,
    request: scenario.request(running),
    status: scenario.status,
    warmUpSeconds: WARM_UP_SECONDS,
    onWarm: () => {
      cpuBefore = cpuMicroseconds(running.pids);
    },
  });
  contender.records += result.allRequests * scenario.records;
  // Delivery belongs to the cost of a call.
  await running.settled(contender.records);
  const cpu = cpuMicroseconds(running.pids) - cpuBefore;
  return {
    requestsPerSecond: result.requests / result.seconds,
    p50: result.p50,
    p99: result.p99,
    cpuPerRequest: running.pids.length > 0 ? cpu / result.requests : undefined,
  };
}

/**
 * Measures one kind of call through all contenders in turn, round after round,
 * so that what else the machine does hits all alike.
 */
export async function measureCalls(
  contenders: MeasuredContender[],
  plan: {
    scenario: Scenario;
    connections: number;
    rounds: number;
    seconds: number;
    /** Called before each round. */
    beforeRound?: () => Promise<void>;
  },
): Promise<Omit<CallMeasurement, 'transport'>[]> {
  const { scenario, connections } = plan;
  const rounds = new Map<string, Round[]>();
  for (const contender of contenders) {
    const { running } = contender;
    const count = scenario.warmUpRequests;
    await warmUp(running.address, scenario.request(running), count);
    contender.records += count * scenario.records;
    rounds.set(contender.name, []);
  }
  for (let round = 0; round < plan.rounds; round++) {
    await plan.beforeRound?.();
    for (const contender of contenders) {
      const measured = await measureRound(contender, scenario, plan);
      rounds.get(contender.name)?.push(measured);
    }
  }
  return [...rounds].map(([contender, measured]) => {
    const medianOf = (key: keyof Round) =>
      median(measured.flatMap(round => round[key] ?? []));
    return {
      scenario: scenario.name,
      connections,
      contender,
      requestsPerSecond: medianOf('requestsPerSecond') ?? NaN,
      p50: medianOf('p50') ?? NaN,
      p99: medianOf('p99') ?? NaN,
      cpuPerRequest: medianOf('cpuPerRequest'),
      rounds: measured,
    };
  });
}
