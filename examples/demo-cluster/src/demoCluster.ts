import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import { AddressInfo } from 'node:net';
import { Duplex } from 'node:stream';
import { ApiServer } from './api/ApiServer';
import { refuseUpgrade, toStatusError } from './api/http';
import { ContainerSessions } from './exec/ContainerSessions';
import { PodFiles } from './exec/PodFiles';
import { ObjectStore } from './store/ObjectStore';
import { PodStarter } from './store/PodStarter';
import { seedObjects } from './store/seedObjects';

export interface DemoClusterOptions {
  /** 0 for any free one. */
  readonly port: number;
  /** PEM. */
  readonly tls: { cert: string | Buffer; key: string | Buffer };
  /** The bearer token of the one identity that may call, the proxy's. */
  readonly token: string;
  /** Milliseconds since 1970; the machine's clock unless given. */
  readonly now?: () => number;
}

export interface DemoCluster {
  /** `https://127.0.0.1:PORT` */
  readonly url: string;
  /** Ends everything at once: watches, sessions, their processes and files. */
  close(): Promise<void>;
}

/** Never reached from elsewhere: exec runs commands on this machine. */
const HOST = '127.0.0.1';

/** Rejects when the port is taken. */
export async function startDemoCluster(
  options: DemoClusterOptions,
): Promise<DemoCluster> {
  const { port, tls, token, now = Date.now } = options;
  const store = ObjectStore.create({ now, newUid: randomUUID });
  seedObjects(store, now);
  const starter = PodStarter.start(store, now);
  const files = await PodFiles.create();
  const sessions = ContainerSessions.create(store, files);
  const api = ApiServer.create({ store, sessions, token, now });

  // SPDY can't ride on HTTP/2.
  const server = createServer({ ...tls, ALPNProtocols: ['http/1.1'] });
  const upgraded = new Set<Duplex>();
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    request.socket.setNoDelay(true);
    api.serve(request, response);
  });
  server.on(
    'upgrade',
    (request: IncomingMessage, socket: Duplex, head: Buffer) => {
      request.socket.setNoDelay(true);
      upgraded.add(socket);
      socket.once('close', () => upgraded.delete(socket));
      socket.on('error', () => socket.destroy());
      api
        .serveUpgrade(request, socket, head)
        .catch(error => refuseUpgrade(socket, toStatusError(error)));
    },
  );
  const close = async () => {
    starter.stop();
    sessions.killAll();
    const closed = server.listening ? once(server, 'close') : undefined;
    server.close();
    server.closeAllConnections();
    upgraded.forEach(socket => socket.destroy());
    await closed;
    await files.remove();
  };
  try {
    server.listen(port, HOST);
    await once(server, 'listening');
  } catch (error) {
    await close();
    throw error;
  }
  const { port: actual } = server.address() as AddressInfo;
  return { url: `https://${HOST}:${actual}`, close };
}
