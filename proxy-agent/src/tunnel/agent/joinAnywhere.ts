import type {
  JoinToken,
  TunnelJoined,
} from 'backstage-plugin-kubernetes-audit-common';
import type { TunnelConfig } from '../../config';
import type { AgentIdentity } from './AgentIdentity';
import { dialProxy } from './dialProxy';
import { joinPortal } from './joinPortal';

/**
 * Joins by way of the first proxy that lets the agent: any can ask the portal.
 *
 * @throws Error why each of them did not
 */
export async function joinAnywhere(
  token: JoinToken,
  options: {
    proxies: TunnelConfig['proxies'];
    httpProxyFor: (url: string) => URL | undefined;
    identity: AgentIdentity;
    signal: AbortSignal;
  },
): Promise<TunnelJoined> {
  const { proxies, httpProxyFor, identity, signal } = options;
  const failures: string[] = [];
  for (const proxy of proxies) {
    try {
      const socket = await dialProxy(
        { proxy, address: undefined, httpProxy: httpProxyFor(proxy.url) },
        signal,
      );
      try {
        const joined = await joinPortal(socket, new URL(proxy.url).host, {
          join: identity.joinWith(token),
          signal,
        });
        identity.keepJoined(token, joined);
        return joined;
      } finally {
        socket.destroy();
      }
    } catch (error) {
      failures.push(`${proxy.url}: ${(error as Error).message}`);
    }
  }
  throw new Error(failures.join('; '));
}
