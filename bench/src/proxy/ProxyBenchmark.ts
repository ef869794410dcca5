import { mkdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { CORES, syncLatencies } from '../machine';
import { median, writeResults } from '../report';
import { agentContender } from './agentContender';
import { buildAgent } from './buildAgent';
import { AGENT, checkMeasurements, Measurements } from './checks';
import type {
  CertificateFiles,
  Contender,
  RunningContender,
  Transport,
} from './Contender';
import { makeCertificate } from './makeCertificate';
import { measureCalls, MeasuredContender } from './measureCalls';
import { measureMemory } from './measureMemory';
import { findPeers } from './peers/contenders';
import { PLAN } from './plan';
import { printCalls, printMemory } from './printMeasurements';
import { SCENARIOS } from './scenarios';
import { startUpstream, Upstream } from './startUpstream';

/** Syncs that are timed before each round of creates. */
const SYNCS = 40;
/** Cores beside the two that two workers and their load need. */
const SPARE_CORES_FOR_WORKERS = 2;

const chosen = (variable: string, name: string) =>
  process.env[variable]?.split(',').includes(name) ?? true;

/** The peers, this proxy, and other versions of it that it is compared with. */
function findContenders(): Contender[] {
  const others = process.env.BENCH_COMPARE?.split(',') ?? [];
  return [
    ...findPeers().filter(({ name }) => chosen('BENCH_CONTENDERS', name)),
    ...(chosen('BENCH_CONTENDERS', AGENT)
      ? [agentContender(AGENT, buildAgent('this'))]
      : []),
    ...others.map(folder => {
      const name = basename(folder);
      return agentContender(name, buildAgent(name, folder));
    }),
  ];
}

/** Starts the contenders, measures them, and writes what was found. */
export class ProxyBenchmark {
  readonly #directory: string;
  readonly #upstream: Upstream;
  readonly #certificate: CertificateFiles;
  readonly #contenders: Contender[];
  readonly #running: RunningContender[] = [];
  readonly #measurements: Measurements = {
    calls: [],
    memory: [],
    fdatasyncP50: undefined,
    workerGain: undefined,
  };

  /** @param directory - an empty folder on the disk whose syncs count */
  static async run(directory: string): Promise<void> {
    const contenders = findContenders();
    const certificate = await makeCertificate(directory);
    const upstream = await startUpstream();
    const benchmark = new ProxyBenchmark(
      directory,
      upstream,
      certificate,
      contenders,
    );
    try {
      await benchmark.#measure();
    } finally {
      await benchmark.#stopContenders();
      await upstream.stop();
    }
    benchmark.#report();
  }

  private constructor(
    directory: string,
    upstream: Upstream,
    certificate: CertificateFiles,
    contenders: Contender[],
  ) {
    this.#directory = directory;
    this.#upstream = upstream;
    this.#certificate = certificate;
    this.#contenders = contenders;
  }

  async #measure(): Promise<void> {
    for (const transport of ['http', 'tls'] as const) {
      if (chosen('BENCH_TRANSPORTS', transport)) {
        await this.#measureCalls(transport);
        if (chosen('BENCH_SCENARIOS', 'memory')) {
          await this.#measureMemory(transport);
        }
      }
    }
    if (
      chosen('BENCH_SCENARIOS', 'workers') &&
      CORES.spare >= SPARE_CORES_FOR_WORKERS
    ) {
      this.#measurements.workerGain = await this.#measureWorkers();
    }
  }

  async #measureCalls(transport: Transport): Promise<void> {
    const contenders: MeasuredContender[] = [];
    for (const contender of this.#contenders) {
      if (contender.transports.includes(transport)) {
        const running = await this.#start(contender, transport);
        contenders.push({ name: contender.name, running, records: 0 });
      }
    }
    const syncs: number[] = [];
    for (const planned of PLAN) {
      const scenario = SCENARIOS.find(({ name }) => name === planned.scenario);
      if (
        !scenario ||
        planned.transport !== transport ||
        !chosen('BENCH_SCENARIOS', scenario.name)
      ) {
        continue;
      }
      console.log(
        `measuring ${scenario.title}, ${transport}, ${planned.connections} connection(s)`,
      );
      const measured = await measureCalls(contenders, {
        ...planned,
        scenario,
        rounds: Number(process.env.BENCH_ROUNDS ?? planned.rounds),
        beforeRound: async () => {
          if (scenario.name === 'create' && planned.connections === 1) {
            const file = join(this.#directory, 'sync');
            syncs.push(...(await syncLatencies(file, SYNCS)));
          }
        },
      });
      this.#measurements.calls.push(
        ...measured.map(call => ({ ...call, transport })),
      );
    }
    this.#measurements.fdatasyncP50 ??= median(syncs);
    await this.#stopContenders();
  }

  async #measureMemory(transport: Transport): Promise<void> {
    for (const contender of this.#contenders) {
      // Without a proxy there is nothing to measure; with TLS the others tell nothing more.
      const isWanted = transport === 'http' || contender.name === AGENT;
      if (
        contender.isProxy &&
        isWanted &&
        contender.transports.includes(transport)
      ) {
        console.log(`measuring the memory of ${contender.name}, ${transport}`);
        const measured = await measureMemory(
          () => this.#start(contender, transport),
          SCENARIOS[0],
        );
        this.#measurements.memory.push({
          contender: contender.name,
          transport,
          ...measured,
        });
        await this.#stopContenders();
      }
    }
  }

  async #measureWorkers(): Promise<number> {
    const agent = this.#contenders.filter(({ name }) => name === AGENT)[0];
    const contenders: MeasuredContender[] = [];
    for (const workers of [1, 2]) {
      const running = await this.#start(agent, 'http', workers);
      contenders.push({ name: `${workers}`, running, records: 0 });
    }
    const [one, two] = await measureCalls(contenders, {
      scenario: SCENARIOS[0],
      connections: 32,
      rounds: 5,
      seconds: 1,
    });
    await this.#stopContenders();
    return two.requestsPerSecond / one.requestsPerSecond;
  }

  async #start(
    contender: Contender,
    transport: Transport,
    workers?: number,
  ): Promise<RunningContender> {
    const folder = `${contender.name}-${transport}-${this.#instances++}`;
    const directory = join(this.#directory, folder.replace(/\W+/g, '-'));
    mkdirSync(directory, { recursive: true });
    const running = await contender.start({
      transport,
      directory,
      workers,
      upstreamPort: this.#upstream.upstreamPort,
      portalPort: this.#upstream.portalPort,
      credential: this.#upstream.credential,
      certificate: this.#certificate,
    });
    this.#running.push(running);
    return running;
  }

  #instances = 0;

  async #stopContenders(): Promise<void> {
    await Promise.all(this.#running.splice(0).map(running => running.stop()));
  }

  #report(): void {
    console.log();
    printCalls(this.#measurements.calls);
    printMemory(this.#measurements.memory);
    const { fdatasyncP50 } = this.#measurements;
    if (fdatasyncP50) {
      console.log(`one fdatasync: p50 ${fdatasyncP50.toFixed(3)} ms\n`);
    }
    writeResults(
      'proxy',
      checkMeasurements(this.#measurements),
      this.#measurements,
    );
  }
}
