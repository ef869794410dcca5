import { readFileSync } from 'node:fs';
import {
  createServer as createHttpServer,
  Server,
  ServerOptions,
  ServerResponse,
} from 'node:http';
import {
  createServer as createHttpsServer,
  Server as HttpsServer,
} from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { createSecureContext, SecureContextOptions } from 'node:tls';
import type { ProxyConfig } from '../config';
import type { RequestHandler } from '../forward';
import { ClientAddress } from './ClientAddress';
import { ProxyProtocolGate } from './ProxyProtocolGate';
import { ProxyRequest } from './ProxyRequest';

/** The largest request head, in bytes: the command of an exec stands in its URL. */
const MAX_REQUEST_HEAD_BYTES = 256 * 1024;
/** How long a client may take to send a request's head, or for the TLS handshake, in milliseconds. */
const HEAD_TIMEOUT_MS = 30_000;
/** How long an idle connection is kept, in milliseconds. */
const KEEP_ALIVE_MS = 90_000;
/** A silent connection is probed after so long, in milliseconds: the upstream of a client that is gone must be closed. */
const TCP_KEEP_ALIVE_MS = 30_000;
/** How many requests of one connection may wait for their turn. */
const MAX_PIPELINED = 32;

/** How often connections that became idle are closed while the server ends, in milliseconds. */
const IDLE_CHECK_MS = 50;
/** How long a connection that has just been made may take to ask for something while the server ends, in milliseconds. */
const UNUSED_GRACE_MS = 1000;

/** What a connection still owes its client. */
type Turn = { last: ServerResponse; waiting: number };

function httpOptions(
  headTimeoutMs: number,
): ServerOptions<typeof ProxyRequest, typeof ServerResponse> {
  return {
    IncomingMessage: ProxyRequest,
    maxHeaderSize: MAX_REQUEST_HEAD_BYTES,
    headersTimeout: headTimeoutMs,
    connectionsCheckingInterval: headTimeoutMs / 4,
    keepAliveTimeout: KEEP_ALIVE_MS,
    // A body may take as long as it takes.
    requestTimeout: 0,
    noDelay: true,
    keepAlive: true,
    keepAliveInitialDelay: TCP_KEEP_ALIVE_MS,
    // Whatever flags Node was started with.
    insecureHTTPParser: false,
  };
}

/** @throws Error when the certificate and its key cannot be read, or do not belong together */
function readCertificate(
  tls: NonNullable<ProxyConfig['server']['tls']>,
): SecureContextOptions {
  const options: SecureContextOptions = {
    cert: readFileSync(tls.certFile),
    key: readFileSync(tls.keyFile),
    minVersion: 'TLSv1.2',
  };
  createSecureContext(options);
  return options;
}

/** The listener that kubectl talks to: HTTP/1.1 alone, since SPDY cannot ride on HTTP/2. */
export class ProxyServer {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  /** What requests come over: a socket, or the TLS on it. */
  readonly #connections = new Set<Socket>();
  /** Those over which nothing has been asked yet: for Node they are busy. */
  readonly #unused = new Set<Socket>();
  readonly #turns = new WeakMap<Socket, Turn>();
  readonly #host: string;
  readonly #port: number;
  #isDraining = false;

  /**
   * @param limits - how long a client may take to send a head, and a balancer its header
   * @throws Error when the certificate cannot be read
   */
  static fromConfig(
    config: ProxyConfig['server'],
    handler: Pick<RequestHandler, 'handleRequest' | 'handleUpgrade'>,
    limits: { headTimeoutMs?: number; headerTimeoutMs?: number } = {},
  ): ProxyServer {
    const { headTimeoutMs = HEAD_TIMEOUT_MS } = limits;
    const options = httpOptions(headTimeoutMs);
    const server = config.tls
      ? createHttpsServer({
          ...options,
          ...readCertificate(config.tls),
          ALPNProtocols: ['http/1.1'],
          handshakeTimeout: headTimeoutMs,
          // As Node's HTTP server has it: a session may end in one direction alone.
          allowHalfOpen: true,
        })
      : createHttpServer(options);
    // Node drops the headers beyond a number silently; their size is limited.
    server.maxHeadersCount = 0;
    const clientAddress: ClientAddress = ClientAddress.fromTrustedProxies(
      config.trustedProxies,
      socket => gate?.sourceOf(socket),
    );
    const gate = config.proxyProtocol
      ? ProxyProtocolGate.before(server, {
          isTrusted: address => clientAddress.isTrusted(address),
          headerTimeoutMs: limits.headerTimeoutMs,
        })
      : undefined;
    return new ProxyServer(server, config, handler, clientAddress);
  }

  private constructor(
    server: Server,
    config: ProxyConfig['server'],
    handler: Pick<RequestHandler, 'handleRequest' | 'handleUpgrade'>,
    clientAddress: ClientAddress,
  ) {
    this.#server = server;
    this.#host = config.host;
    this.#port = config.port;
    const keep = (socket: Socket, ...sets: Set<Socket>[]) => {
      sets.forEach(set => set.add(socket));
      socket.once('close', () => sets.forEach(set => set.delete(socket)));
    };
    server.on('connection', socket => keep(socket, this.#sockets));
    server.on(
      config.tls ? 'secureConnection' : 'connection',
      (socket: Socket) => keep(socket, this.#connections, this.#unused),
    );
    server.on('request', (request, response) => {
      const { socket } = request;
      this.#unused.delete(socket);
      if (this.#isDraining) {
        response.shouldKeepAlive = false;
      }
      const clientIp = clientAddress.of(request);
      this.#inTurn(socket, response, () =>
        handler.handleRequest(request, response, clientIp),
      ).catch(() => socket.destroy());
    });
    server.on('upgrade', (request, socket, head) => {
      socket.on('error', () => socket.destroy());
      this.#unused.delete(request.socket);
      if (this.#isOwed(request.socket)) {
        // Two would write to it.
        socket.destroy();
        return;
      }
      handler
        .handleUpgrade(request, socket, head, clientAddress.of(request))
        .catch(() => socket.destroy());
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

  /**
   * Reads another certificate; what it returns takes it over for connections
   * to come.
   *
   * @throws Error when it cannot be used, and nothing changes
   */
  prepare({ tls }: ProxyConfig['server']): () => void {
    const server = this.#server;
    if (!tls || !(server instanceof HttpsServer)) {
      return () => {};
    }
    const certificate = readCertificate(tls);
    return () => server.setSecureContext(certificate);
  }

  /** From now on each answer is the last one of its connection. */
  drain(): void {
    this.#isDraining = true;
    for (const connection of this.#connections) {
      const answer = this.#turns.get(connection)?.last;
      if (answer && !answer.headersSent) {
        answer.shouldKeepAlive = false;
      }
    }
  }

  /** Takes no more connections; resolves when the last has gone, or is cut after the grace, in milliseconds. */
  async close(graceMs: number): Promise<void> {
    this.drain();
    const closed = new Promise<void>(resolve => {
      this.#server.close(() => resolve());
    });
    this.#server.closeIdleConnections();
    // One whose answer had promised to keep it becomes idle only later.
    const idleTimer = setInterval(
      () => this.#server.closeIdleConnections(),
      IDLE_CHECK_MS,
    );
    const unusedTimer = setTimeout(
      () => this.#unused.forEach(socket => socket.destroy()),
      UNUSED_GRACE_MS,
    );
    const timer = setTimeout(() => {
      this.#sockets.forEach(socket => socket.destroy());
    }, graceMs);
    await closed;
    clearInterval(idleTimer);
    clearTimeout(unusedTimer);
    clearTimeout(timer);
  }

  /**
   * Handles the requests of one connection one after the other, as they may
   * depend on each other (RFC 9112, section 9.3.2).
   */
  async #inTurn(
    socket: Socket,
    response: ServerResponse,
    handle: () => Promise<void>,
  ): Promise<void> {
    const turn = this.#turns.get(socket);
    if (!turn || turn.last.closed) {
      this.#turns.set(socket, { last: response, waiting: 0 });
      await handle();
      return;
    }
    if (turn.waiting >= MAX_PIPELINED) {
      socket.destroy();
      return;
    }
    const before = turn.last;
    turn.last = response;
    turn.waiting += 1;
    await new Promise(resolve => {
      before.once('close', resolve);
    });
    turn.waiting -= 1;
    if (!socket.destroyed) {
      await handle();
    }
  }

  #isOwed(socket: Socket): boolean {
    const turn = this.#turns.get(socket);
    return turn !== undefined && !turn.last.closed;
  }
}
