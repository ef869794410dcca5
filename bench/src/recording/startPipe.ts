import { join } from 'node:path';
import {
  freePort,
  PinnedProcess,
  startPinned,
  untilListening,
} from '../proxy/startPinned';

/** What a pipe does. */
export type PipeOptions = {
  port: number;
  /** A port of loopback. */
  target: number;
  /** Ends the clients' TLS and begins one to the target; without, all is passed on as it is. */
  tls?: { certFile: string; keyFile: string; caFile: string };
};

/** Starts a process that passes connections on unread. */
export async function startPipe(
  cores: number[],
  options: Omit<PipeOptions, 'port'>,
): Promise<PinnedProcess & { port: number }> {
  const port = await freePort();
  const started = startPinned(
    cores,
    process.execPath,
    [
      '--require',
      '@backstage/cli/config/nodeTransform.cjs',
      join(__dirname, 'pipe.ts'),
    ],
    {
      NODE_ENV: 'production',
      PIPE: JSON.stringify({ ...options, port } satisfies PipeOptions),
    },
  );
  await untilListening(started, port);
  return { ...started, port };
}
