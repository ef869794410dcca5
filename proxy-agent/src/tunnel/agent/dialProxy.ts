import { readFileSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { connect as connectTcp, isIP, Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { TunnelConfig } from '../../config';

/** How long each step to a proxy may take, in milliseconds. */
const CONNECT_TIMEOUT_MS = 10_000;
/** How often a silent connection is probed by the system, in milliseconds. */
const TCP_KEEP_ALIVE_MS = 15_000;

/** A proxy, and the address of it that is meant. */
export type ProxyAddress = {
  proxy: TunnelConfig['proxies'][number];
  /** Of the name in the proxy's URL; undefined when an HTTP proxy resolves it. */
  address: string | undefined;
  httpProxy: URL | undefined;
};

/** Host, without the brackets of an IPv6 address, and port of a URL. */
export function placeOf(url: URL): { host: string; port: number } {
  return {
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: Number(url.port) || (url.protocol === 'https:' ? 443 : 80),
  };
}

/**
 * A connection to a proxy: through the HTTP proxy on the way, if there is one,
 * and with TLS, unless the proxy is on this machine and has none.
 *
 * @throws Error when it cannot be made, the proxy's certificate is not trusted, or the signal comes first
 */
export async function dialProxy(
  { proxy, address, httpProxy }: ProxyAddress,
  signal: AbortSignal,
): Promise<Socket> {
  const url = new URL(proxy.url);
  const { host, port } = placeOf(url);
  const deadline = AbortSignal.any([
    signal,
    AbortSignal.timeout(CONNECT_TIMEOUT_MS),
  ]);
  const tcp = httpProxy
    ? await throughHttpProxy(httpProxy, { host, port }, deadline)
    : await connected(
        connectTcp({ host: address ?? host, port }),
        'connect',
        deadline,
      );
  tcp.setNoDelay(true).setKeepAlive(true, TCP_KEEP_ALIVE_MS);
  if (url.protocol !== 'https:') {
    return tcp;
  }
  const name = proxy.serverName ?? host;
  return await connected(
    connectTls({
      socket: tcp,
      ca: proxy.caFile && readFileSync(proxy.caFile, 'utf8'),
      // What the certificate must be for; an address must not be sent as a server name.
      host: name,
      servername: isIP(name) ? '' : name,
      ALPNProtocols: ['http/1.1'],
    }),
    'secureConnect',
    deadline,
  );
}

async function connected(
  socket: Socket,
  event: 'connect' | 'secureConnect',
  signal: AbortSignal,
): Promise<Socket> {
  await new Promise<void>((resolve, reject) => {
    const settle = () => {
      signal.removeEventListener('abort', abort);
      socket.off('error', fail).off(event, succeed).off('close', closed);
    };
    const fail = (error: Error) => {
      settle();
      socket.on('error', () => {}).destroy();
      reject(error);
    };
    const succeed = () => {
      settle();
      resolve();
    };
    const abort = () => fail(new Error('connecting took too long'));
    const closed = () => fail(new Error('the connection was closed'));
    socket.on('error', fail).on(event, succeed).on('close', closed);
    signal.addEventListener('abort', abort);
    if (signal.aborted) {
      abort();
    }
  });
  return socket;
}

/** A connection that an HTTP proxy has made for us (RFC 9110, section 9.3.6). */
async function throughHttpProxy(
  httpProxy: URL,
  to: { host: string; port: number },
  signal: AbortSignal,
): Promise<Socket> {
  const place = `${to.host.includes(':') ? `[${to.host}]` : to.host}:${
    to.port
  }`;
  const { username, password } = httpProxy;
  const credential = Buffer.from(
    `${decodeURIComponent(username)}:${decodeURIComponent(password)}`,
  ).toString('base64');
  return await new Promise<Socket>((resolve, reject) => {
    const fail = (why: string) =>
      reject(new Error(`the HTTP proxy ${httpProxy.host} ${why}`));
    const request = httpRequest({
      ...placeOf(httpProxy),
      method: 'CONNECT',
      path: place,
      headers: {
        host: place,
        ...(username && { 'proxy-authorization': `Basic ${credential}` }),
      },
      signal,
    });
    request.once('connect', (response, socket, head) => {
      if (response.statusCode !== 200) {
        socket.destroy();
        fail(`answers with ${response.statusCode} ${response.statusMessage}`);
        return;
      }
      if (head.length > 0) {
        socket.unshift(head);
      }
      resolve(socket);
    });
    request.once('response', response => {
      request.destroy();
      fail(`answers with ${response.statusCode} ${response.statusMessage}`);
    });
    request.once('error', ({ message }) =>
      fail(signal.aborted ? 'takes too long' : `is out of reach: ${message}`),
    );
    request.end();
  });
}
