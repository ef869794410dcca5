import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CORES } from '../../machine';
import {
  addressOf,
  Contender,
  ContenderOptions,
  RunningContender,
} from '../Contender';
import { fetchPackage } from '../fetchPackage';
import { findKubectl } from '../findKubectl';
import { nginxConfiguration } from './nginxConfiguration';
import {
  freePort,
  PinnedProcess,
  startPinned,
  untilListening,
} from '../startPinned';

const HTTPXY = 'httpxy@0.5.6';

/** A proxy that forwards and does nothing beside it. */
async function running(
  started: PinnedProcess,
  port: number,
  options: ContenderOptions,
): Promise<RunningContender> {
  await untilListening(started, port);
  return {
    address: addressOf(port, options),
    pathPrefix: '',
    credential: options.credential,
    pids: started.pids(),
    settled: async () => {},
    stop: started.stop,
  };
}

/** No proxy: what the load generator and the API server can do. */
const direct: Contender = {
  name: 'direct',
  isProxy: false,
  transports: ['http'],
  start: async ({ upstreamPort, credential }) => ({
    address: { port: upstreamPort },
    pathPrefix: '',
    credential,
    pids: [],
    settled: async () => {},
    stop: async () => {},
  }),
};

function nodePeer(name: string, file: string, library?: string): Contender {
  return {
    name,
    isProxy: true,
    transports: ['http', 'tls'],
    start: async options => {
      const { transport, upstreamPort, certificate } = options;
      const port = await freePort();
      const started = startPinned(
        [CORES.proxy],
        process.execPath,
        [
          '--require',
          '@backstage/cli/config/nodeTransform.cjs',
          join(__dirname, `${file}.ts`),
        ],
        {
          NODE_ENV: 'production',
          // http-proxy calls a deprecated function.
          NODE_NO_WARNINGS: '1',
          PEER: JSON.stringify({
            port,
            upstreamPort,
            certificate: transport === 'tls' ? certificate : undefined,
            library,
          }),
        },
      );
      return await running(started, port, options);
    },
  };
}

function findNginx(): Contender | undefined {
  const program = ['/usr/sbin/nginx', '/usr/local/sbin/nginx'].find(existsSync);
  if (!program) {
    return undefined;
  }
  return {
    name: 'nginx',
    isProxy: true,
    transports: ['http', 'tls'],
    start: async options => {
      const port = await freePort();
      const file = join(options.directory, 'nginx.conf');
      writeFileSync(file, nginxConfiguration(port, options));
      const started = startPinned([CORES.proxy], program, [
        '-p',
        options.directory,
        '-c',
        file,
        '-e',
        'stderr',
      ]);
      return await running(started, port, options);
    },
  };
}

function kubectlProxy(program: string): Contender {
  return {
    name: 'kubectl proxy',
    isProxy: true,
    transports: ['http'],
    start: async options => {
      const port = await freePort();
      mkdirSync(options.directory, { recursive: true });
      const started = startPinned([CORES.proxy], program, [
        '--kubeconfig=/dev/null',
        `--server=http://127.0.0.1:${options.upstreamPort}`,
        'proxy',
        `--port=${port}`,
      ]);
      return await running(started, port, options);
    },
  };
}

/** What is compared with; of what is not to be had a line is printed. */
export function findPeers(): Contender[] {
  const nginx = findNginx();
  const httpxy = fetchPackage(HTTPXY);
  const kubectl = findKubectl();
  const missing = [
    !nginx && 'nginx',
    !httpxy && HTTPXY,
    !kubectl && 'kubectl',
  ].filter(Boolean);
  if (missing.length > 0) {
    console.log(`skipped, since not to be had: ${missing.join(', ')}\n`);
  }
  return [
    direct,
    ...(nginx ? [nginx] : []),
    nodePeer('bare Node http', 'bareNode'),
    nodePeer('http-proxy', 'httpProxy'),
    ...(httpxy
      ? [nodePeer('httpxy', 'httpxy', join(httpxy, 'dist/index.mjs'))]
      : []),
    ...(kubectl ? [kubectlProxy(kubectl)] : []),
  ];
}
