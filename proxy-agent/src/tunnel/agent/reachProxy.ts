import type { Socket } from 'node:net';
import type { Hello } from '../transport';
import type { AgentIdentity } from './AgentIdentity';
import { dialProxy, ProxyAddress } from './dialProxy';
import { Offered, offerTunnel } from './offerTunnel';

/** A proxy that takes the agent, and the connection that becomes the tunnel. */
export type ReachedProxy = Offered & { socket: Socket };

/**
 * Dials a proxy and offers it a tunnel.
 *
 * @param options.reserve - says whether a tunnel to the instance is wanted
 * @throws KnownInstanceError when it is not; other errors when the proxy cannot be reached or refuses, or the signal comes first
 */
export async function reachProxy(
  address: ProxyAddress,
  options: {
    identity: AgentIdentity;
    hello: Hello;
    reserve: (instance: string) => boolean;
    signal: AbortSignal;
  },
): Promise<ReachedProxy> {
  const { signal, ...offer } = options;
  const socket = await dialProxy(address, signal);
  socket.on('error', () => {});
  try {
    const { host } = new URL(address.proxy.url);
    const offered = await offerTunnel(socket, { host, ...offer });
    signal.throwIfAborted();
    return { ...offered, socket };
  } catch (error) {
    socket.destroy();
    throw error;
  }
}
