import { readFileSync, statSync } from 'node:fs';
import { connect as connectTcp, isIP, OnReadOpts, Socket } from 'node:net';
import { connect as connectTls, ConnectionOptions } from 'node:tls';
import { isDeepStrictEqual } from 'node:util';
import {
  ClusterConfig,
  ClusterConnection,
  readClusterConnection,
} from '../config';
import { ConnectionPool, HttpCallHandler, HttpRequest } from './http';
import type { Upstream, UpstreamRoute } from './Upstream';
import { UpstreamConnection } from './UpstreamConnection';

/** How long a connection to an API server may take to be made, in milliseconds. */
const CONNECT_TIMEOUT_MS = 10_000;
/** A silent connection is probed after so long, in milliseconds: a watch must notice an API server that is gone. */
const TCP_KEEP_ALIVE_MS = 30_000;
/** How often a token file is looked at for a change, in milliseconds. */
const TOKEN_CHECK_MS = 1000;

/**
 * One cluster's API server: its address, the process's own credential for it,
 * and the connections to it. No response has a time limit here: watches, logs
 * and sessions last as long as they last.
 */
export class UpstreamCluster implements Upstream, UpstreamRoute {
  readonly config: ClusterConfig;
  /** URL without a trailing slash. */
  readonly endpoint: string;
  readonly #connection: ClusterConnection;
  readonly #url: URL;
  readonly #pool: ConnectionPool;
  #token: { value: string; modified: number; checkedAt: number } | undefined;

  /** @throws Error when a credential or certificate file cannot be read */
  static fromConfig(config: ClusterConfig): UpstreamCluster {
    return new UpstreamCluster(config, readClusterConnection(config));
  }

  private constructor(config: ClusterConfig, connection: ClusterConnection) {
    this.config = config;
    this.#connection = connection;
    this.endpoint = connection.endpoint;
    this.#url = new URL(connection.endpoint);
    this.#pool = ConnectionPool.create({
      connect: () => this.#connect({ allowHalfOpen: false }),
    });
  }

  /** There is one way alone. */
  route(tried?: ReadonlySet<UpstreamRoute>): UpstreamRoute | undefined {
    return tried?.has(this) ? undefined : this;
  }

  get unreachable(): string {
    return `there is no way to the cluster "${this.name}"`;
  }

  send(request: HttpRequest, handler: HttpCallHandler): void {
    this.#pool.send(request, handler);
  }

  get name(): string {
    return this.config.name;
  }

  get host(): string {
    return this.#url.host;
  }

  get basePath(): string {
    return this.#url.pathname.replace(/\/$/, '');
  }

  authorization(): string | undefined {
    const { tokenFile } = this.#connection;
    try {
      const token = tokenFile
        ? this.#readTokenFile(tokenFile)
        : this.#connection.token;
      return token ? `Bearer ${token}` : undefined;
    } catch (error) {
      // The path stands in the log, with the cause.
      throw new Error('the credential for it cannot be read', {
        cause: error,
      });
    }
  }

  async connect(signal: AbortSignal): Promise<UpstreamConnection<Socket>> {
    return await this.#connect({ allowHalfOpen: true }, signal);
  }

  isSameAs(other: Upstream): boolean {
    return (
      other instanceof UpstreamCluster &&
      isDeepStrictEqual(this.config, other.config) &&
      isDeepStrictEqual(this.#connection, other.#connection)
    );
  }

  async retire(): Promise<void> {
    await this.#pool.retire();
  }

  async close(): Promise<void> {
    this.#pool.close();
  }

  get #isSecure(): boolean {
    return this.#url.protocol === 'https:';
  }

  async #connect(
    { allowHalfOpen }: { allowHalfOpen: boolean },
    signal?: AbortSignal,
  ): Promise<UpstreamConnection<Socket>> {
    const connection = UpstreamConnection.create(options =>
      this.#dial({ ...options, allowHalfOpen }),
    );
    await this.#connected(connection.socket, signal);
    return connection;
  }

  #connected(socket: Socket, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const event = this.#isSecure ? 'secureConnect' : 'connect';
      const timer = setTimeout(
        () => fail(new Error('connecting took too long')),
        CONNECT_TIMEOUT_MS,
      );
      const settle = () => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', abort);
        socket.off('error', fail).off(event, succeed);
      };
      const fail = (error: Error) => {
        settle();
        socket.on('error', () => {}).destroy();
        reject(error);
      };
      const succeed = () => {
        settle();
        socket.setNoDelay(true).setKeepAlive(true, TCP_KEEP_ALIVE_MS);
        resolve();
      };
      const abort = () => fail(new Error('nobody waits for it any more'));
      socket.on('error', fail).on(event, succeed);
      signal?.addEventListener('abort', abort);
    });
  }

  #dial(options: { allowHalfOpen: boolean; onread: OnReadOpts }): Socket {
    // URL keeps the brackets of an IPv6 address; sockets want it without.
    const host = this.#url.hostname.replace(/^\[|\]$/g, '');
    const port = Number(this.#url.port) || (this.#isSecure ? 443 : 80);
    const address = { ...options, host, port };
    return this.#isSecure
      ? connectTls({ ...address, ...this.#tlsOptions(host) })
      : connectTcp(address);
  }

  #tlsOptions(host: string): ConnectionOptions {
    return {
      ca: this.#connection.certificateAuthority,
      cert: this.#connection.clientCertificate,
      key: this.#connection.clientKey,
      // An address must not be sent as a server name.
      servername: this.#connection.serverName ?? (isIP(host) ? '' : host),
      rejectUnauthorized: !this.#connection.skipTlsVerify,
      ALPNProtocols: ['http/1.1'],
    };
  }

  #readTokenFile(file: string): string {
    const now = Date.now();
    if (this.#token && now - this.#token.checkedAt < TOKEN_CHECK_MS) {
      return this.#token.value;
    }
    const modified = statSync(file).mtimeMs;
    const value =
      this.#token?.modified === modified
        ? this.#token.value
        : readFileSync(file, 'utf8').trim();
    this.#token = { value, modified, checkedAt: now };
    return value;
  }
}
