import { BlockList, isIP } from 'node:net';

/** Written out, as the vocabulary comes with all schemas: kubectl waits for what this loads. */
const API_PATH = '/api/kubernetes-audit';

const LOOPBACK = new BlockList();
LOOPBACK.addSubnet('127.0.0.0', 8);
LOOPBACK.addAddress('::1', 'ipv6');

function isLoopback(host: string): boolean {
  const address = host.replace(/^\[|\]$/g, '');
  const version = isIP(address);
  return version === 0
    ? address === 'localhost'
    : LOOPBACK.check(address, version === 6 ? 'ipv6' : 'ipv4');
}

/**
 * The address of the portal's API, from that or from the address of the portal.
 *
 * @throws Error when it is none, or when credentials would travel readably
 */
export function portalApiUrl(text: string, allowHttp: boolean): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || !/^https?:$/.test(url.protocol)) {
    throw new Error(
      `--portal ${text} is no address like https://portal.example.com`,
    );
  }
  if (url.protocol === 'http:' && !isLoopback(url.hostname) && !allowHttp) {
    throw new Error(
      `--portal ${text}: credentials would travel readably; --allow-http accepts that`,
    );
  }
  const path = url.pathname.replace(/\/+$/, '');
  return `${url.origin}${
    path.endsWith(API_PATH) ? path : `${path}${API_PATH}`
  }`;
}
