import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { Address, runLoad, warmUp } from '../load';
import { CORES } from '../machine';
import { buildAgent } from '../proxy/buildAgent';
import { makeCertificate } from '../proxy/makeCertificate';
import { SCENARIOS } from '../proxy/scenarios';
import { profiling } from '../recording/measureKubectl';
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
import { CpuMeter, Processes } from './CpuMeter';
import { hasSsh, startSsh } from './startSsh';
import { startTunnelAgent } from './startTunnelAgent';
import { makeTunnelKeys } from './tunnelKeys';

const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 5);
const MEGABYTES = Number(process.env.BENCH_MEGABYTES ?? 1000);
const MEGABYTE = 1_000_000;
const SECONDS = 2;
const WARM_UP_SECONDS = 0.3;
/** Each way; most of the code is the same for all. */
const WARM_UP_REQUESTS = 10_000;
const CONNECTIONS = 32;
/** No cluster has an API server without it. */
const API_HAS_TLS = process.env.BENCH_PLAIN_API === undefined;
const ONLY = process.env.BENCH_WAYS?.split(',');
const [GET] = SCENARIOS;

/** The ways from the proxy to the API server. */
const WAYS = ['direct', 'tunnel', 'ssh -R'] as const;
type Way = (typeof WAYS)[number];

/** What is measured of each way in each round. */
const QUANTITIES = [
  /** At 32 connections. */
  'requestsPerSecond',
  /** Processor time of the proxy at 32 connections, in microseconds. */
  'proxyPerRequest',
  /** … and of what carries calls on: the tunnel agent, both sides of SSH. */
  'carrierPerRequest',
  /** Of one connection, in milliseconds. */
  'p50',
  /** Output of an exec. */
  'megabytesPerSecond',
  /** Processor time of the proxy for a megabyte of it, in milliseconds. */
  'proxyPerMegabyte',
  'carrierPerMegabyte',
] as const;
/** Of one way, one value for each round. */
type Values = Record<(typeof QUANTITIES)[number], number[]>;

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
    const load = [CORES.load];
    // A third core would be the agent's, where there is one.
    const far = [CORES.spare > 0 ? CORES.proxy + 1 : CORES.load];
    const near = [CORES.proxy];
    const carriers = new Map<Way, () => number[]>([['direct', () => []]]);
    const upstream = await startUpstream({
      script: join(__dirname, 'upstream.ts'),
      settings: {
        sessionPort,
        directory: join(directory, 'recordings'),
        tunnels: [keys.agent],
        tls: API_HAS_TLS ? certificate : undefined,
      },
      cores: load,
    });
    const stops = [upstream.stop];
    try {
      const targets = [upstream.upstreamPort, sessionPort];
      const ways: Way[] = ['direct', 'tunnel'];
      const ports = new Map<Way, number[]>([['direct', targets]]);
      if (hasSsh()) {
        const ssh = await startSsh({
          directory: join(directory, 'ssh'),
          cores: { server: near, client: far },
          targets,
        });
        stops.push(ssh.stop);
        carriers.set('ssh -R', ssh.pids);
        ports.set('ssh -R', ssh.ports);
        ways.push('ssh -R');
      }
      const apiServerAt = (port: number) =>
        API_HAS_TLS
          ? {
              endpoint: `https://127.0.0.1:${port}`,
              caFile: certificate.certFile,
            }
          : { endpoint: `http://127.0.0.1:${port}` };
      const clusters = [...ports].flatMap(([way, own]) =>
        own.map((port, index) => ({
          name: clusterOf(way, index),
          ...apiServerAt(port),
          audit: { recordings: false },
        })),
      );
      const proxy = await startAgent({
        program,
        directory: join(directory, 'proxy'),
        cores: near,
        portalPort: upstream.portalPort,
        environment: profiling('proxy'),
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
        cores: far,
        environment: profiling('agent'),
        keys,
        proxyUrl: `https://127.0.0.1:${proxy.port}`,
        caFile: certificate.certFile,
        clusters: targets.map((port, index) => ({
          name: clusterOf('tunnel', index),
          ...apiServerAt(port),
        })),
      });
      stops.push(agent.stop);
      carriers.set('tunnel', agent.pids);
      await this.#measure(
        ways.filter(way => ONLY?.includes(way) ?? true),
        {
          address: {
            port: proxy.port,
            certificate: readFileSync(certificate.certFile, 'utf8'),
          },
          credential: upstream.credential,
          processesOf: way => ({
            proxy: proxy.pids,
            carrier: carriers.get(way) ?? (() => []),
          }),
        },
      );
    } finally {
      for (const stop of stops.reverse()) {
        await stop();
      }
    }
    this.#report();
  }

  async #measure(
    ways: Way[],
    proxy: {
      address: Address;
      credential: string;
      processesOf: (way: Way) => Processes;
    },
  ): Promise<void> {
    const { address, credential, processesOf } = proxy;
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
        proxyPerRequest: [],
        carrierPerRequest: [],
        p50: [],
        megabytesPerSecond: [],
        proxyPerMegabyte: [],
        carrierPerMegabyte: [],
      });
      await warmUp(address, requestOf(way), WARM_UP_REQUESTS);
    }
    for (let round = 0; round < ROUNDS; round++) {
      console.log(`round ${round + 1} of ${ROUNDS}`);
      for (const way of round % 2 === 0 ? ways : [...ways].reverse()) {
        const load = {
          request: requestOf(way),
          status: GET.status,
          seconds: SECONDS,
          warmUpSeconds: WARM_UP_SECONDS,
        };
        const meter = CpuMeter.of(processesOf(way));
        const many = await runLoad(address, {
          ...load,
          connections: CONNECTIONS,
          onWarm: () => meter.reset(),
        });
        const forCalls = meter.read();
        const one = await runLoad(address, {
          ...load,
          connections: 1,
          onWarm: () => {},
        });
        meter.reset();
        const megabytesPerSecond = await outputSpeed(way, address, credential);
        const forOutput = meter.read();
        const values = this.#values.get(way);
        const measured: Record<keyof Values, number> = {
          requestsPerSecond: many.requests / many.seconds,
          proxyPerRequest: forCalls.proxy / many.requests,
          carrierPerRequest: forCalls.carrier / many.requests,
          p50: one.p50,
          megabytesPerSecond,
          proxyPerMegabyte: forOutput.proxy / 1000 / MEGABYTES,
          carrierPerMegabyte: forOutput.carrier / 1000 / MEGABYTES,
        };
        QUANTITIES.forEach(key => values?.[key].push(measured[key]));
      }
    }
  }

  #report(): void {
    const of = (way: Way, key: keyof Values) =>
      median(this.#values.get(way)?.[key] ?? []) ?? NaN;
    printTable(
      [
        'way',
        'requests/s (32)',
        'CPU µs/request: proxy',
        'carrier',
        'p50 (1), ms',
        'exec output, MB/s',
        'CPU ms/MB: proxy',
        'carrier',
      ],
      [...this.#values.keys()].map(way => [
        way,
        ...QUANTITIES.map(key => of(way, key)),
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
