/** The least that a proxy on Node's own `http` can be. */
import { request as sendRequest } from 'node:http';
import { keepAliveAgent, peerOptions, servePeer } from './peerOptions';

servePeer((request, response) => {
  const outgoing = sendRequest(
    {
      host: '127.0.0.1',
      port: peerOptions.upstreamPort,
      method: request.method,
      path: request.url,
      headers: request.headers,
      agent: keepAliveAgent,
    },
    answer => {
      response.writeHead(answer.statusCode ?? 502, answer.rawHeaders);
      answer.pipe(response);
    },
  );
  outgoing.on('error', () => response.destroy());
  response.on('close', () => outgoing.destroy());
  request.pipe(outgoing);
});
