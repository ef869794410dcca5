import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  ALL_CORES,
  cpuMicroseconds,
  peakResidentBytes,
  resetPeak,
} from '../machine';
import type { CertificateFiles } from '../proxy/Contender';
import { startAgent } from '../proxy/startAgent';
import type { BenchmarkCluster } from './BenchmarkCluster';
import { KubectlClient, KubectlServer } from './KubectlClient';
import { completeRecordings, untilRecorded } from './portalState';
import { IMPERSONATED } from './recordingRoles';
import type { SessionTransport } from './sessionCommands';
import { startPipe } from './startPipe';
import { terminalText } from './terminalText';

const MEGABYTE = 1_000_000;
/** What the output is made of; then it begins again. */
const TEXT_MEGABYTES = 8;
const TEXT_SEED = 2;
/** Where the text is in the pod. */
const TEXT_FILE = 'benchmark-text';
/** Where memory is looked at for the first time. */
const EARLY = 0.25;

/** Who stands between kubectl and the API server. */
export const KUBECTL_CONTENDERS = [
  'net pipe',
  'TLS on both sides',
  'this proxy',
] as const;
export type KubectlContender = (typeof KUBECTL_CONTENDERS)[number];

/** One run of one contender. */
export type KubectlRun = {
  contender: KubectlContender;
  direction: 'out' | 'in';
  megabytesPerSecond: number;
  /** Of the contender, for each megabyte, in milliseconds. */
  cpuPerMegabyte: number;
  /** By how much its peak grew after the first quarter of the output, in bytes. */
  peakGrowth?: number;
};

/** What was measured of one cluster with one kubectl. */
export type KubectlMeasurement = {
  cluster: BenchmarkCluster['name'];
  title: string;
  transport: SessionTransport;
  megabytes: { out: number; in: number };
  runs: KubectlRun[];
};

type Started = {
  name: KubectlContender;
  server: KubectlServer;
  pids: number[];
  stop: () => Promise<void>;
};

type Plan = {
  cluster: BenchmarkCluster;
  transport: SessionTransport;
  kubectl: string;
  /** The built agent. */
  program: string;
  /** Of this measurement alone; exists. */
  directory: string;
  certificate: CertificateFiles;
  portalPort: number;
  /** Of the portal. */
  credential: string;
  megabytes: { out: number; in: number };
  rounds: number;
};

async function startContenders(plan: Plan): Promise<Started[]> {
  const { cluster, certificate } = plan;
  const token = readFileSync(cluster.tokenFile, 'utf8');
  const direct = { token, as: IMPERSONATED };
  const pipe = await startPipe(ALL_CORES, { target: cluster.port });
  const tlsPipe = await startPipe(ALL_CORES, {
    target: cluster.port,
    tls: { ...certificate, caFile: cluster.caFile },
  });
  const agent = await startAgent({
    program: plan.program,
    directory: join(plan.directory, 'agent'),
    cores: ALL_CORES,
    portalPort: plan.portalPort,
    tls: certificate,
    clusters: [
      {
        name: cluster.name,
        endpoint: `https://127.0.0.1:${cluster.port}`,
        caFile: cluster.caFile,
        tokenFile: cluster.tokenFile,
      },
    ],
    environment: profiling('kubectl'),
  });
  const url = ({ port }: { port: number }) => `https://127.0.0.1:${port}`;
  return [
    {
      name: 'net pipe',
      server: { ...direct, url: url(pipe), caFile: cluster.caFile },
      pids: pipe.pids(),
      stop: pipe.stop,
    },
    {
      name: 'TLS on both sides',
      server: { ...direct, url: url(tlsPipe), caFile: certificate.certFile },
      pids: tlsPipe.pids(),
      stop: tlsPipe.stop,
    },
    {
      name: 'this proxy',
      server: {
        url: `${url(agent)}/clusters/${cluster.name}`,
        caFile: certificate.certFile,
        token: plan.credential,
      },
      pids: agent.pids(),
      stop: agent.stop,
    },
  ];
}

/** With BENCH_PROFILE, a folder, the agent leaves a profile of its processor time there. */
export function profiling(name: string): NodeJS.ProcessEnv {
  const folder = process.env.BENCH_PROFILE;
  return folder
    ? { NODE_OPTIONS: `--cpu-prof --cpu-prof-dir=${join(folder, name)}` }
    : {};
}

/** Measures bulk through kubectl, contender after contender, round after round. */
export async function measureKubectl(plan: Plan): Promise<KubectlMeasurement> {
  const { cluster, transport, directory, portalPort, megabytes } = plan;
  const client = KubectlClient.create(plan.kubectl, directory);
  const runs: KubectlRun[] = [];
  const text = terminalText(TEXT_MEGABYTES * MEGABYTE, TEXT_SEED);
  const textFile = join(directory, 'text');
  const inputFile = join(directory, 'input');
  writeFileSync(textFile, text);
  writeFileSync(
    inputFile,
    Buffer.concat(
      Array<Buffer>(Math.ceil(megabytes.in / TEXT_MEGABYTES)).fill(text),
    ).subarray(0, megabytes.in * MEGABYTE),
  );
  const repeats = Math.ceil(megabytes.out / TEXT_MEGABYTES);
  const outBytes = repeats * text.length;
  const show = `i=0; while [ $i -lt ${repeats} ]; do cat ${TEXT_FILE}; i=$((i+1)); done`;

  /** Runs once; what is recorded has to reach the portal, too. */
  const run = async (
    { name, pids, server }: Started,
    direction: 'out' | 'in',
  ): Promise<void> => {
    const isRecorded = name === 'this proxy';
    const before = isRecorded ? await completeRecordings(portalPort) : 0;
    resetPeak(pids);
    const cpuBefore = cpuMicroseconds(pids);
    let early = 0;
    const result =
      direction === 'out'
        ? await client.exec(server, show, {
            onOutput: bytes => {
              if (early === 0 && bytes >= outBytes * EARLY) {
                early = peakResidentBytes(pids);
              }
            },
          })
        : await client.exec(server, 'wc -c', { stdin: inputFile });
    const seconds = result.milliseconds / 1000;
    const peak = peakResidentBytes(pids);
    const received =
      direction === 'out' ? result.bytes : Number(result.output.trim());
    const expected = direction === 'out' ? outBytes : megabytes.in * MEGABYTE;
    if (received !== expected) {
      throw new Error(
        `${name}: ${received} of ${expected} bytes came ${direction}`,
      );
    }
    if (isRecorded) {
      await untilRecorded(
        portalPort,
        before,
        direction === 'out' ? outBytes : 0,
      );
    }
    runs.push({
      contender: name,
      direction,
      megabytesPerSecond: expected / MEGABYTE / seconds,
      cpuPerMegabyte:
        (cpuMicroseconds(pids) - cpuBefore) / 1000 / (expected / MEGABYTE),
      peakGrowth: direction === 'out' ? peak - early : undefined,
    });
  };

  const contenders = await startContenders(plan);
  try {
    // Puts the text into the pod, and lets kubectl find out what the servers have.
    for (const { name, server } of contenders) {
      // Without a word at the end, Kubernetes 1.20 ends it before all of it has come.
      const { output } = await client.exec(
        server,
        `cat > ${TEXT_FILE}; wc -c < ${TEXT_FILE}`,
        { stdin: textFile },
      );
      if (Number(output.trim()) !== text.length) {
        throw new Error(`${name}: the text came as ${output}`);
      }
    }
    for (let round = 0; round < plan.rounds; round++) {
      for (const direction of ['out', 'in'] as const) {
        // None of them is always the first.
        const order = round % 2 === 0 ? contenders : [...contenders].reverse();
        for (const contender of order) {
          await run(contender, direction);
        }
      }
    }
  } finally {
    await Promise.all(contenders.map(({ stop }) => stop()));
  }
  return {
    cluster: cluster.name,
    title: cluster.title,
    transport,
    megabytes,
    runs,
  };
}
