import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { stringify } from 'yaml';
import type { CertificateFiles } from './Contender';
import {
  freePort,
  PinnedProcess,
  startPinned,
  untilReady,
} from './startPinned';

/** An agent that serves. */
export type RunningAgent = PinnedProcess & { port: number; agentId: string };

let instances = 0;

async function isReady(adminPort: number): Promise<boolean> {
  try {
    return (await fetch(`http://127.0.0.1:${adminPort}/readyz`)).ok;
  } catch {
    return false;
  }
}

/**
 * Starts the audited proxy with everything on: authentication, roles, durable
 * audit and its delivery, and limits that one user's load does not reach.
 */
export async function startAgent(options: {
  /** The built `kubernetes-audit-agent`. */
  program: string;
  /** Of its own; made when it is not there. */
  directory: string;
  cores: number[];
  portalPort: number;
  /** Plain HTTP without. */
  tls?: CertificateFiles;
  /** As its configuration file has them. */
  clusters: { name: string; [key: string]: unknown }[];
  workers?: number;
  environment?: NodeJS.ProcessEnv;
}): Promise<RunningAgent> {
  const { directory, tls } = options;
  const agentId = `benchmark-${++instances}`;
  const port = await freePort();
  const adminPort = await freePort();
  mkdirSync(directory, { recursive: true });
  const file = join(directory, 'proxy.yaml');
  writeFileSync(
    file,
    stringify({
      // One user is all the load there is.
      limits: { perSecond: 1_000_000, burst: 1_000_000 },
      agentId,
      workers: options.workers ?? 1,
      stateDirectory: join(directory, 'state'),
      portal: {
        url: `http://127.0.0.1:${options.portalPort}`,
        token: 'benchmark-token',
      },
      server: {
        host: '127.0.0.1',
        port,
        tls: tls && { certFile: tls.certFile, keyFile: tls.keyFile },
      },
      admin: { port: adminPort },
      clusters: options.clusters,
      log: { level: 'warn' },
    }),
  );
  const started = startPinned(
    options.cores,
    options.program,
    ['proxy', '--config', file],
    {
      NODE_ENV: 'production',
      // The program's first line looks for Node there.
      PATH: `${dirname(process.execPath)}:${process.env.PATH}`,
      ...options.environment,
    },
  );
  await untilReady(started, () => isReady(adminPort));
  return { ...started, port, agentId };
}
