/** `http-proxy`, the library that most Node proxies use. */
import { createProxyServer } from 'http-proxy';
import { keepAliveAgent, peerOptions, servePeer } from './peerOptions';

const proxy = createProxyServer({
  target: `http://127.0.0.1:${peerOptions.upstreamPort}`,
  agent: keepAliveAgent,
});
proxy.on('error', (_error, _request, response) => response.destroy());
servePeer((request, response) => proxy.web(request, response));
