import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import {
  freePort,
  PinnedProcess,
  startPinned,
  untilReady,
} from '../proxy/startPinned';
import type { TunnelKeys } from './tunnelKeys';

/** Starts a tunnel agent that has joined; resolves when it is connected. */
export async function startTunnelAgent(options: {
  /** The built `kubernetes-audit-agent`. */
  program: string;
  directory: string;
  cores: number[];
  keys: TunnelKeys;
  proxyUrl: string;
  caFile: string;
  clusters: { name: string; endpoint: string; caFile?: string }[];
  environment?: NodeJS.ProcessEnv;
}): Promise<PinnedProcess> {
  const { directory, keys, proxyUrl, caFile, clusters } = options;
  const stateDirectory = join(directory, 'state');
  mkdirSync(stateDirectory, { recursive: true });
  writeFileSync(join(stateDirectory, 'agent-key.pem'), keys.privateKey);
  const { name, tags, clusters: globs } = keys.agent;
  writeFileSync(
    join(stateDirectory, 'joined.json'),
    JSON.stringify({ name, tags, clusters: globs, tokenId: 'benchmark' }),
  );
  const adminPort = await freePort();
  const file = join(directory, 'tunnel.yaml');
  writeFileSync(
    file,
    stringify({
      stateDirectory,
      proxies: [{ url: proxyUrl, caFile }],
      clusters,
      drainTimeout: '1s',
      admin: { port: adminPort },
      log: { level: 'warn' },
    }),
  );
  const started = startPinned(
    options.cores,
    process.execPath,
    [options.program, 'tunnel', '--config', file],
    { NODE_ENV: 'production', ...options.environment },
  );
  await untilReady(started, async () => {
    try {
      return (await fetch(`http://127.0.0.1:${adminPort}/readyz`)).ok;
    } catch {
      return false;
    }
  });
  return started;
}
