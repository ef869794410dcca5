/** `httpxy`, a newer library of the same kind. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { pathToFileURL } from 'node:url';
import { z } from 'zod';
import { keepAliveAgent, peerOptions, servePeer } from './peerOptions';

type ProxyServer = {
  web: (request: IncomingMessage, response: ServerResponse) => Promise<void>;
};

/** What is used of the library, which is fetched when the benchmark runs. */
const librarySchema = z.object({
  createProxyServer: z.custom<(options: object) => ProxyServer>(
    value => typeof value === 'function',
  ),
});

async function serve(): Promise<void> {
  const library = await import(
    pathToFileURL(peerOptions.library ?? '').toString()
  );
  const proxy = librarySchema.parse(library).createProxyServer({
    target: `http://127.0.0.1:${peerOptions.upstreamPort}`,
    agent: keepAliveAgent,
  });
  servePeer((request, response) => {
    proxy.web(request, response).catch(() => response.destroy());
  });
}

serve().catch(error => {
  console.error(error);
  process.exit(1);
});
