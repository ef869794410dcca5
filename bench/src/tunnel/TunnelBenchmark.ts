import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { Address, runLoad, warmUp } from '../load';
import { ALL_CORES } from '../machine';
import { buildAgent } from '../proxy/buildAgent';
import { makeCertificate } from '../proxy/makeCertificate';
import { SCENARIOS } from '../proxy/scenarios';
import { startAgent } from '../proxy/startAgent';
import { freePort } from '../proxy/startPinned';
import { startUpstream } from '../proxy/startUpstream';
import { RawSession } from '../recording/RawSession';
import { floodPath } from '../recording/sessionCommands';
import {
  atLeast,
  atMost,
  Check,
  median,
  printTable,
  skipped,
  writeResults,
} from '../report';
import { hasSsh, startSsh } from './startSsh';
import { startTunnelAgent } from './startTunnelAgent';
import { makeTunnelKeys } from './tunnelKeys';

const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 5);
const MEGABYTES = Number(process.env.BENCH_MEGABYTES ?? 1000);
const MEGABYTE = 1_000_000;
const SECONDS = 2;
const WARM_UP_SECONDS = 0.3;
const CONNECTIONS = 32;
const [GET] = SCENARIOS;

/** The ways from the proxy to the API server. */
const WAYS = ['direct', 'tunnel', 'ssh -R'] as const;
type Way = (typeof WAYS)[number];

/** Of one way, one value for each round. */
type Values = {
  /** At 32 connections. */
  requestsPerSecond: number[];
  /** Of one connection, in milliseconds. */
  p50: number[];
  /** Output of an exec. */
  megabytesPerSecond: number[];
};

/** Calls and sessions through one proxy, over each of the ways in turn. */
export class TunnelBenchmark {
  readonly #values = new Map<Way, Values>();

  static async run(directory: string): Promise<void> {
    await new TunnelBenchmark().#run(directory);
  }

  private constructor() {}

  async #run(directory: string): Promise<void> {
    const program = buildAgent('tunnel');
    const certificate = await makeCertificate(directory);
    const keys = await makeTunnelKeys('benchmark', { site: 'benchmark' });
    const sessionPort = await freePort();
    const cores = ALL_CORES;
    const upstream = await startUpstream({
      script: join(__dirname, 'upstream.ts'),
      settings: {
        sessionPort,
        directory: join(directory, 'recordings'),
        tunnels: [keys.agent],
      },
      cores,
    });
    const stops = [upstream.stop];
    try {
      const targets = [upstream.upstreamPort, sessionPort];
      const ways: Way[] = ['direct', 'tunnel'];
      const ports = new Map<Way, number[]>([['direct', targets]]);
      if (hasSsh()) {
        const ssh = await startSsh({
          directory: join(directory, 'ssh'),
          cores: { server: cores, client: cores },
          targets,
        });
        stops.push(ssh.stop);
        ports.set('ssh -R', ssh.ports);
        ways.push('ssh -R');
      }
      const clusters = [...ports].flatMap(([way, own]) =>
        own.map((port, index) => ({
          name: clusterOf(way, index),
          endpoint: `http://127.0.0.1:${port}`,
          audit: { recordings: false },
        })),
      );
      const proxy = await startAgent({
        program,
        directory: join(directory, 'proxy'),
        cores,
        portalPort: upstream.portalPort,
        tls: certificate,
        clusters: [
          ...clusters,
          ...targets.map((_, index) => ({
            name: clusterOf('tunnel', index),
            tunnel: { tags: { site: 'benchmark' } },
            audit: { recordings: false },
          })),
        ],
      });
      stops.push(proxy.stop);
      const agent = await startTunnelAgent({
        program,
        directory: join(directory, 'agent'),
        cores,
        keys,
        proxyUrl: `https://127.0.0.1:${proxy.port}`,
        caFile: certificate.certFile,
        clusters: targets.map((port, index) => ({
          name: clusterOf('tunnel', index),
          endpoint: `http://127.0.0.1:${port}`,
        })),
      });
      stops.push(agent.stop);
      await this.#measure(ways, {
        address: {
          port: proxy.port,
          certificate: readFileSync(certificate.certFile, 'utf8'),
        },
        credential: upstream.credential,
      });
    } finally {
      for (const stop of stops.reverse()) {
        await stop();
      }
    }
    this.#report();
  }

  async #measure(
    ways: Way[],
    proxy: { address: Address; credential: string },
  ): Promise<void> {
    const { address, credential } = proxy;
    const requestOf = (way: Way) =>
      GET.request({
        address,
        credential,
        pathPrefix: `/clusters/${clusterOf(way, 0)}`,
        pids: [],
        settled: async () => {},
        stop: async () => {},
      });
    for (const way of ways) {
      this.#values.set(way, {
        requestsPerSecond: [],
        p50: [],
        megabytesPerSecond: [],
      });
      await warmUp(address, requestOf(way), GET.warmUpRequests);
    }
    for (let round = 0; round < ROUNDS; round++) {
      console.log(`round ${round + 1} of ${ROUNDS}`);
      for (const way of round % 2 === 0 ? ways : [...ways].reverse()) {
        const load = {
          request: requestOf(way),
          status: GET.status,
          seconds: SECONDS,
          warmUpSeconds: WARM_UP_SECONDS,
          onWarm: () => {},
        };
        const many = await runLoad(address, {
          ...load,
          connections: CONNECTIONS,
        });
        const one = await runLoad(address, { ...load, connections: 1 });
        const values = this.#values.get(way);
        values?.requestsPerSecond.push(many.requests / many.seconds);
        values?.p50.push(one.p50);
        values?.megabytesPerSecond.push(
          await outputSpeed(way, address, credential),
        );
      }
    }
  }

  #report(): void {
    const of = (way: Way, key: keyof Values) =>
      median(this.#values.get(way)?.[key] ?? []) ?? NaN;
    printTable(
      ['way', 'requests/s (32)', 'p50 (1), ms', 'exec output, MB/s'],
      [...this.#values.keys()].map(way => [
        way,
        of(way, 'requestsPerSecond'),
        of(way, 'p50'),
        of(way, 'megabytesPerSecond'),
      ]),
    );
    const share = (key: keyof Values, other: Way) =>
      of('tunnel', key) / of(other, key);
    const checks: Check[] = [
      atLeast(
        'requests/s at 32 connections, of those of the direct way',
        share('requestsPerSecond', 'direct'),
        0.8,
      ),
      atLeast(
        'output of an exec, of that of the direct way',
        share('megabytesPerSecond', 'direct'),
        0.7,
      ),
      this.#values.has('ssh -R')
        ? atLeast(
            'output of an exec, of that of ssh -R',
            share('megabytesPerSecond', 'ssh -R'),
            1,
          )
        : skipped(
            'output of an exec, of that of ssh -R',
            '≥ 1',
            'there is no OpenSSH',
          ),
      atMost(
        'p50 of a call beyond that of the direct way, in ms',
        of('tunnel', 'p50') - of('direct', 'p50'),
        0.5,
      ),
    ];
    writeResults('tunnel', checks, {
      cores: availableParallelism(),
      megabytes: MEGABYTES,
      ways: Object.fromEntries(this.#values),
    });
  }
}

/** @param index - 0: calls, 1: sessions */
function clusterOf(way: Way, index: number): string {
  return `${way.replace(/\W+/g, '-').replace(/-$/, '')}-${index}`;
}

async function outputSpeed(
  way: Way,
  address: Address,
  credential: string,
): Promise<number> {
  const bytes = MEGABYTES * MEGABYTE;
  const session = await RawSession.open(
    {
      port: address.port,
      certificate: address.certificate,
      path: `/clusters/${clusterOf(way, 1)}${floodPath(bytes)}`,
      credential,
    },
    'websocket',
  );
  const startedAt = performance.now();
  const received = await session.drain();
  const seconds = (performance.now() - startedAt) / 1000;
  if (received < bytes) {
    throw new Error(`${way}: ${received} of ${bytes} bytes came`);
  }
  return received / MEGABYTE / seconds;
}
