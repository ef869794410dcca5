import { readFileSync } from 'node:fs';
import {
  createServer as createHttpServer,
  Server,
  ServerOptions,
} from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import type { ProxyConfig } from '../config';
import type { RequestHandler } from '../forward';
import { ClientAddress } from './ClientAddress';

/** The largest request head, in bytes: the command of an exec stands in its URL. */
const MAX_REQUEST_HEAD_BYTES = 256 * 1024;
/** How long a client may take to send a request's head, in milliseconds. */
const HEAD_TIMEOUT_MS = 30_000;
/** How long an idle connection is kept, in milliseconds. */
const KEEP_ALIVE_MS = 90_000;

const HTTP_OPTIONS: ServerOptions = {
  maxHeaderSize: MAX_REQUEST_HEAD_BYTES,
  headersTimeout: HEAD_TIMEOUT_MS,
  keepAliveTimeout: KEEP_ALIVE_MS,
  // A body may take as long as it takes.
  requestTimeout: 0,
  noDelay: true,
};

/** The listener that kubectl talks to: HTTP/1.1 alone, since SPDY cannot ride on HTTP/2. */
export class ProxyServer {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #host: string;
  readonly #port: number;

  /** @throws Error when the certificate cannot be read */
  static fromConfig(
    config: ProxyConfig['server'],
    handler: RequestHandler,
  ): ProxyServer {
    const server = config.tls
      ? createHttpsServer({
          ...HTTP_OPTIONS,
          cert: readFileSync(config.tls.certFile),
          key: readFileSync(config.tls.keyFile),
          minVersion: 'TLSv1.2',
          ALPNProtocols: ['http/1.1'],
        })
      : createHttpServer(HTTP_OPTIONS);
    return new ProxyServer(
      server,
      config,
      handler,
      ClientAddress.fromTrustedProxies(config.trustedProxies),
    );
  }

  private constructor(
    server: Server,
    config: ProxyConfig['server'],
    handler: RequestHandler,
    clientAddress: ClientAddress,
  ) {
    this.#server = server;
    this.#host = config.host;
    this.#port = config.port;
    server.on('connection', (socket: Socket) => {
      this.#sockets.add(socket);
      socket.once('close', () => this.#sockets.delete(socket));
    });
    server.on('request', (request, response) => {
      handler.handleRequest(request, response, clientAddress.of(request));
    });
    server.on('upgrade', (request, socket, head) => {
      socket.on('error', () => socket.destroy());
      handler.handleUpgrade(request, socket, head, clientAddress.of(request));
    });
  }

  /** The port that it listens on. */
  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  async listen(): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(this.#port, this.#host, () => {
        this.#server.off('error', reject);
        resolve();
      });
    });
  }

  /** Takes no more connections; resolves when the last has gone, or is cut after the grace, in milliseconds. */
  async close(graceMs: number): Promise<void> {
    const closed = new Promise<void>(resolve => {
      this.#server.close(() => resolve());
    });
    this.#server.closeIdleConnections();
    const timer = setTimeout(() => {
      this.#sockets.forEach(socket => socket.destroy());
    }, graceMs);
    await closed;
    clearTimeout(timer);
  }
}
