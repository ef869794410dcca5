import ipaddr from 'ipaddr.js';
import { PLUGIN_ID } from 'backstage-plugin-kubernetes-audit-common';

const API_PATH = `/api/${PLUGIN_ID}`;

function isLoopback(host: string): boolean {
  const address = host.replace(/^\[|\]$/g, '');
  return (
    address === 'localhost' ||
    (ipaddr.isValid(address) && ipaddr.process(address).range() === 'loopback')
  );
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
