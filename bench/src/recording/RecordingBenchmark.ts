import { randomInt } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { ALL_CORES, CORES, pinThisProcess } from '../machine';
import { buildAgent } from '../proxy/buildAgent';
import type { CertificateFiles } from '../proxy/Contender';
import { findKubectl } from '../proxy/findKubectl';
import { makeCertificate } from '../proxy/makeCertificate';
import { startUpstream, Upstream } from '../proxy/startUpstream';
import { writeResults } from '../report';
import {
  BenchmarkCluster,
  startDemoCluster,
  startKubernetes,
} from './BenchmarkCluster';
import { checkMeasurements, Measurements } from './checks';
import { measureContainer } from './measureContainer';
import { measureEcho } from './measureEcho';
import { measureKubectl } from './measureKubectl';
import { measureTruncations } from './measureTruncations';
import { measureUpgraded } from './measureUpgraded';
import { printMeasurements } from './printMeasurements';
import type { SessionTransport } from './sessionCommands';
import { SinkRecordings } from './SinkRecordings';

const MAX_SEED = 2 ** 31;

/** How much is done; see `recording.bench.ts`. */
export type Plan = {
  parts: string[];
  outMegabytes: number;
  inMegabytes: number;
  rounds: number;
  keystrokes: number;
  truncations: number;
  seed: number;
};

const PARTS = ['kubectl', 'upgraded', 'echo', 'container', 'truncations'];

function planOf(environment: NodeJS.ProcessEnv): Plan {
  const number = (name: string, usual: number) =>
    Number(environment[name] ?? usual);
  const outMegabytes = number('BENCH_MB', 200);
  return {
    parts: environment.BENCH_PARTS?.split(',') ?? PARTS,
    outMegabytes,
    inMegabytes: outMegabytes / 2,
    rounds: number('BENCH_ROUNDS', 5),
    keystrokes: number('BENCH_KEYSTROKES', 1000),
    truncations: number('BENCH_TRUNCATIONS', 300),
    seed: number('BENCH_SEED', randomInt(MAX_SEED)),
  };
}

/** How long a recording is whose size is looked at, in seconds; of bytes it has 30 KiB for each. */
const CONTAINER_SECONDS = 600;

/** Measures what recording costs, and writes what was found. */
export class RecordingBenchmark {
  readonly #plan: Plan;
  readonly #directory: string;
  readonly #measurements: Measurements = {
    kubectl: [],
    upgraded: [],
    echo: [],
    container: [],
    truncations: undefined,
  };

  /** @param directory - an empty folder */
  static async run(directory: string): Promise<void> {
    await new RecordingBenchmark(planOf(process.env), directory).#run();
  }

  private constructor(plan: Plan, directory: string) {
    this.#plan = plan;
    this.#directory = directory;
  }

  async #run(): Promise<void> {
    const program = buildAgent('recording');
    const certificate = await makeCertificate(this.#directory);
    if (this.#has('kubectl')) {
      await this.#measureKubectl(program, certificate);
    }
    // From here on the proxies have a core to themselves.
    pinThisProcess(CORES.load);
    if (this.#has('upgraded') || this.#has('echo') || this.#has('container')) {
      await this.#measureConnections(program);
    }
    if (this.#has('truncations')) {
      console.log('cutting recordings');
      this.#measurements.truncations = await measureTruncations({
        directory: this.#folder('truncations'),
        truncations: this.#plan.truncations,
        seed: this.#plan.seed,
      });
    }
    printMeasurements(this.#measurements);
    writeResults('recording', checkMeasurements(this.#measurements), {
      plan: this.#plan,
      ...this.#measurements,
    });
  }

  /** kubectl 1.20 has SPDY, a newer one WebSocket, which the real cluster is too old for. */
  async #measureKubectl(
    program: string,
    certificate: CertificateFiles,
  ): Promise<void> {
    const upstream = await this.#startUpstream('kubectl', ALL_CORES);
    const measure = async (
      cluster: BenchmarkCluster,
      transport: SessionTransport,
      kubectl: string,
    ) => {
      console.log(`measuring kubectl exec, ${transport}, ${cluster.title}`);
      const { outMegabytes, inMegabytes, rounds } = this.#plan;
      this.#measurements.kubectl.push(
        await measureKubectl({
          cluster,
          transport,
          kubectl,
          program,
          certificate,
          directory: this.#folder(`kubectl-${cluster.name}-${transport}`),
          portalPort: upstream.portalPort,
          credential: upstream.credential,
          megabytes: { out: outMegabytes, in: inMegabytes },
          rounds,
        }),
      );
    };
    try {
      const kubernetes = await startKubernetes(this.#directory);
      try {
        if (kubernetes?.kubectl) {
          await measure(kubernetes, 'spdy', kubernetes.kubectl);
        } else {
          console.log('skipped, since there is no ../shared/cluster: SPDY');
        }
      } finally {
        await kubernetes?.stop();
      }
      const newer = findKubectl();
      if (!newer) {
        console.log('skipped, since there is no kubectl ≥ 1.30: WebSocket');
        return;
      }
      const demo = await startDemoCluster(this.#directory, certificate);
      try {
        if (!kubernetes && process.env.BENCH_OLD_KUBECTL) {
          await measure(demo, 'spdy', process.env.BENCH_OLD_KUBECTL);
        }
        await measure(demo, 'websocket', newer);
      } finally {
        await demo.stop();
      }
    } finally {
      await upstream.stop();
    }
  }

  async #measureConnections(program: string): Promise<void> {
    const { outMegabytes, rounds, keystrokes } = this.#plan;
    const upstream = await this.#startUpstream('raw', [CORES.load]);
    try {
      if (this.#has('upgraded') || this.#has('container')) {
        console.log('measuring upgraded connections');
        this.#measurements.upgraded = await measureUpgraded({
          program,
          upstream,
          directory: this.#folder('upgraded'),
          megabytes: outMegabytes,
          rounds,
        });
      }
      if (this.#has('container')) {
        console.log('measuring the size of recordings');
        this.#measurements.container = await measureContainer({
          bulk: SinkRecordings.lastFile(this.#deliveredTo('raw')),
          directory: this.#folder('container'),
          seconds: CONTAINER_SECONDS,
        });
      }
      if (this.#has('echo')) {
        console.log('measuring echoes');
        this.#measurements.echo = await measureEcho({
          program,
          upstream,
          directory: this.#folder('echo'),
          keystrokes,
        });
      }
    } finally {
      await upstream.stop();
    }
  }

  async #startUpstream(name: string, cores: number[]): Promise<Upstream> {
    return await startUpstream({
      script: join(__dirname, 'upstream.ts'),
      settings: { directory: this.#deliveredTo(name) },
      cores,
    });
  }

  /** Where the portal puts what it gets. */
  #deliveredTo(name: string): string {
    return this.#folder(`portal-${name}`);
  }

  #folder(name: string): string {
    const folder = join(this.#directory, name);
    mkdirSync(folder, { recursive: true });
    return folder;
  }

  #has(part: string): boolean {
    return this.#plan.parts.includes(part);
  }
}
