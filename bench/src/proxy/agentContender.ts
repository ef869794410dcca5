import { CORES } from '../machine';
import { addressOf, Contender } from './Contender';
import { startAgent } from './startAgent';

export const CLUSTER = 'benchmark';
/** How long records may take to reach the portal, in milliseconds. */
const DELIVERY_MS = 60_000;
const POLL_MS = 20;

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
      const cores = [CORES.proxy];
      for (let extra = 1; extra < workers; extra++) {
        cores.push(CORES.proxy + extra);
      }
      const started = await startAgent({
        program,
        directory,
        cores,
        portalPort,
        workers,
        tls: transport === 'tls' ? certificate : undefined,
        clusters: [
          {
            name: CLUSTER,
            endpoint: `http://127.0.0.1:${options.upstreamPort}`,
          },
        ],
      });
      return {
        address: addressOf(started.port, options),
        pathPrefix: `/clusters/${CLUSTER}`,
        credential: options.credential,
        pids: started.pids(),
        settled: async records =>
          await untilDelivered(portalPort, started.agentId, records),
        stop: started.stop,
      };
    },
  };
}
