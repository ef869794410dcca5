import {
  cpuMicroseconds,
  CORES,
  peakResidentBytes,
  resetPeak,
} from '../machine';
import { startAgent } from '../proxy/startAgent';
import type { Upstream } from '../proxy/startUpstream';
import { profiling } from './measureKubectl';
import { completeRecordings, untilRecorded } from './portalState';
import { RawSession } from './RawSession';
import { floodPath, SessionTransport } from './sessionCommands';
import { startPipe } from './startPipe';

const MEGABYTE = 1_000_000;
/** Where memory is looked at for the first time. */
const EARLY = 0.25;

export const UPGRADED_CONTENDERS = [
  'net pipe',
  'this proxy, unrecorded',
  'this proxy',
] as const;
export type UpgradedContender = (typeof UPGRADED_CONTENDERS)[number];

/** One connection of one contender. */
export type UpgradedRun = {
  contender: UpgradedContender;
  transport: SessionTransport;
  megabytesPerSecond: number;
  /** Of the contender, for each megabyte, in milliseconds; with delivery. */
  cpuPerMegabyte: number;
  /** By how much its peak grew after the first quarter of the output, in bytes. */
  peakGrowth: number;
};

/** Names of one and the same API server, of which one is recorded. */
export const RAW_CLUSTERS = { recorded: 'recorded', unrecorded: 'unrecorded' };

type Plan = {
  program: string;
  directory: string;
  upstream: Upstream;
};

/** A pipe and the proxy on the proxies' core, and where sessions through them go. */
export async function startRawContenders(plan: Plan): Promise<{
  contenders: {
    name: UpgradedContender;
    port: number;
    prefix: string;
    pids: number[];
  }[];
  stop: () => Promise<void>;
}> {
  const { upstream } = plan;
  const pipe = await startPipe([CORES.proxy], {
    target: upstream.upstreamPort,
  });
  const endpoint = `http://127.0.0.1:${upstream.upstreamPort}`;
  const agent = await startAgent({
    program: plan.program,
    directory: plan.directory,
    cores: [CORES.proxy],
    portalPort: upstream.portalPort,
    clusters: [
      { name: RAW_CLUSTERS.recorded, endpoint },
      {
        name: RAW_CLUSTERS.unrecorded,
        endpoint,
        audit: { recordings: false },
      },
    ],
    environment: profiling('upgraded'),
  });
  const through = (cluster: string) => ({
    port: agent.port,
    prefix: `/clusters/${cluster}`,
    pids: agent.pids(),
  });
  return {
    contenders: [
      { name: 'net pipe', port: pipe.port, prefix: '', pids: pipe.pids() },
      { name: 'this proxy, unrecorded', ...through(RAW_CLUSTERS.unrecorded) },
      { name: 'this proxy', ...through(RAW_CLUSTERS.recorded) },
    ],
    stop: async () => {
      await Promise.all([pipe.stop(), agent.stop()]);
    },
  };
}

/** Measures output as fast as it goes through upgraded connections, one at a time, round after round. */
export async function measureUpgraded(
  plan: Plan & { megabytes: number; rounds: number },
): Promise<UpgradedRun[]> {
  const { upstream } = plan;
  const bytes = plan.megabytes * MEGABYTE;
  const runs: UpgradedRun[] = [];
  const { contenders, stop } = await startRawContenders(plan);
  try {
    for (let round = 0; round < plan.rounds; round++) {
      for (const transport of ['websocket', 'spdy'] as const) {
        const order = round % 2 === 0 ? contenders : [...contenders].reverse();
        for (const { name, port, prefix, pids } of order) {
          const isRecorded = name === 'this proxy';
          const before = isRecorded
            ? await completeRecordings(upstream.portalPort)
            : 0;
          resetPeak(pids);
          const cpuBefore = cpuMicroseconds(pids);
          const session = await RawSession.open(
            {
              port,
              path: `${prefix}${floodPath(bytes)}`,
              credential: upstream.credential,
            },
            transport,
          );
          const startedAt = performance.now();
          let early = 0;
          const received = await session.drain(sum => {
            if (early === 0 && sum >= bytes * EARLY) {
              early = peakResidentBytes(pids);
            }
          });
          const seconds = (performance.now() - startedAt) / 1000;
          const peak = peakResidentBytes(pids);
          if (received < bytes) {
            throw new Error(`${name}: ${received} of ${bytes} bytes came`);
          }
          if (isRecorded) {
            await untilRecorded(upstream.portalPort, before, bytes);
          }
          runs.push({
            contender: name,
            transport,
            megabytesPerSecond: bytes / MEGABYTE / seconds,
            cpuPerMegabyte:
              (cpuMicroseconds(pids) - cpuBefore) / 1000 / plan.megabytes,
            peakGrowth: peak - early,
          });
        }
      }
    }
  } finally {
    await stop();
  }
  return runs;
}
