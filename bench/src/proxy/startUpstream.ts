import { join } from 'node:path';
import { CORES } from '../machine';
import { freePort, startPinned, untilListening } from './startPinned';

/** Where the API server and the portal listen, and a credential of the portal. */
export type Upstream = {
  upstreamPort: number;
  portalPort: number;
  credential: string;
  stop: () => Promise<void>;
};

/**
 * Starts API server and portal.
 *
 * @param options - `script`: what is run; `settings`: for it, beside the ports;
 *   `cores`: the load generator's, if not given
 */
export async function startUpstream(
  options: { script?: string; settings?: object; cores?: number[] } = {},
): Promise<Upstream> {
  const upstreamPort = await freePort();
  const portalPort = await freePort();
  const started = startPinned(
    options.cores ?? [CORES.load],
    process.execPath,
    [
      '--require',
      '@backstage/cli/config/nodeTransform.cjs',
      options.script ?? join(__dirname, 'upstream.ts'),
    ],
    {
      NODE_ENV: 'production',
      UPSTREAM: JSON.stringify({
        ...options.settings,
        apiPort: upstreamPort,
        portalPort,
      }),
    },
  );
  await untilListening(started, portalPort);
  const answer = await fetch(
    `http://127.0.0.1:${portalPort}/benchmark/credential`,
  );
  const { credential } = await answer.json();
  return { upstreamPort, portalPort, credential, stop: started.stop };
}
