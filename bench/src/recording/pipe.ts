/**
 * A process of its own: passes connections on and looks at nothing, as it is
 * (`net`), or with TLS ended and begun anew as the audited proxy does.
 * Configured by PIPE (JSON).
 */
import { readFileSync } from 'node:fs';
import { connect, createServer, Socket } from 'node:net';
import {
  connect as connectTls,
  createServer as createTlsServer,
} from 'node:tls';
import type { PipeOptions } from './startPipe';

function join(client: Socket, upstream: Socket): void {
  client.setNoDelay(true);
  upstream.setNoDelay(true);
  client.on('error', () => upstream.destroy());
  upstream.on('error', () => client.destroy());
  client.pipe(upstream).pipe(client);
}

function serve(): void {
  const { port, target, tls }: PipeOptions = JSON.parse(
    process.env.PIPE ?? '{}',
  );
  const host = '127.0.0.1';
  const server = tls
    ? createTlsServer(
        {
          cert: readFileSync(tls.certFile),
          key: readFileSync(tls.keyFile),
          ALPNProtocols: ['http/1.1'],
        },
        client =>
          join(
            client,
            connectTls({
              host,
              port: target,
              ca: readFileSync(tls.caFile),
              ALPNProtocols: ['http/1.1'],
            }),
          ),
      )
    : createServer(client => join(client, connect(target, host)));
  server.listen(port, host);
}

serve();
