import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { stringify } from 'yaml';
import { CORES } from '../machine';
import { addressOf, Contender } from './Contender';
import { freePort, startPinned, untilReady } from './startPinned';

export const CLUSTER = 'benchmark';
/** How long records may take to reach the portal, in milliseconds. */
const DELIVERY_MS = 60_000;
const POLL_MS = 20;

async function isReady(adminPort: number): Promise<boolean> {
  try {
    return (await fetch(`http://127.0.0.1:${adminPort}/readyz`)).ok;
  } catch {
    return false;
  }
}

async function untilDelivered(
  portalPort: number,
  agentId: string,
  records: number,
): Promise<void> {
  const deadline = Date.now() + DELIVERY_MS;
  for (;;) {
    const answer = await fetch(
      `http://127.0.0.1:${portalPort}/benchmark/records`,
      { headers: { 'x-agent-id': agentId } },
    );
    const delivered = (await answer.json()).records;
    if (delivered >= records) {
      return;
    }
    if (Date.now() > deadline) {
      throw new Error(`${records - delivered} audit records are missing`);
    }
    await new Promise(resolve => {
      setTimeout(resolve, POLL_MS);
    });
  }
}

let instances = 0;

/**
 * The audited proxy with everything on: authentication, roles, durable audit
 * and its delivery.
 *
 * @param program - the built `kubernetes-audit-agent`
 */
export function agentContender(name: string, program: string): Contender {
  return {
    name,
    isProxy: true,
    transports: ['http', 'tls'],
    start: async options => {
      const {
        transport,
        directory,
        certificate,
        portalPort,
        workers = 1,
      } = options;
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
          workers,
          stateDirectory: join(directory, 'state'),
          portal: {
            url: `http://127.0.0.1:${portalPort}`,
            token: 'benchmark-token',
          },
          server: {
            host: '127.0.0.1',
            port,
            tls: transport === 'tls' ? certificate : undefined,
          },
          admin: { port: adminPort },
          clusters: [
            {
              name: CLUSTER,
              endpoint: `http://127.0.0.1:${options.upstreamPort}`,
            },
          ],
          log: { level: 'warn' },
        }),
      );
      const cores = [CORES.proxy];
      for (let extra = 1; extra < workers; extra++) {
        cores.push(CORES.proxy + extra);
      }
      const started = startPinned(cores, program, ['proxy', '--config', file], {
        NODE_ENV: 'production',
        // The program's first line looks for Node there.
        PATH: `${dirname(process.execPath)}:${process.env.PATH}`,
      });
      await untilReady(started, () => isReady(adminPort));
      return {
        address: addressOf(port, options),
        pathPrefix: `/clusters/${CLUSTER}`,
        credential: options.credential,
        pids: started.pids(),
        settled: async records =>
          await untilDelivered(portalPort, agentId, records),
        stop: started.stop,
      };
    },
  };
}
