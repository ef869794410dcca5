import { createServer } from 'node:net';
import { CommandError } from '../bootstrap/CommandError.mjs';

/**
 * Refuses to go on when a port that the demo needs is taken.
 *
 * @param {{ port: number, purpose: string }[]} wanted
 */
export async function assertPortsFree(wanted) {
  const taken = [];
  for (const { port, purpose } of wanted) {
    if (!(await isFree(port))) taken.push(`port ${port} (${purpose})`);
  }
  if (taken.length > 0) {
    throw new CommandError(
      `${taken.join(', ')} ${taken.length > 1 ? 'are' : 'is'} already taken.`,
      'End what listens there, or choose other ports: DEMO_PORT_BASE=17000 npm start',
    );
  }
}

/**
 * @param {number} port
 * @returns {Promise<boolean>}
 */
function isFree(port) {
  return new Promise(resolve => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ port, host: '127.0.0.1' }, () =>
      server.close(() => resolve(true)),
    );
  });
}
