import { readFileSync, statSync } from 'node:fs';
import { connect as connectTcp, isIP, Socket } from 'node:net';
import { connect as connectTls, ConnectionOptions } from 'node:tls';
import { Dispatcher, Pool } from 'undici';
import {
  ClusterConfig,
  ClusterConnection,
  readClusterConnection,
} from '../config';

/** How long a connection to an API server may take to be made, in milliseconds. */
const CONNECT_TIMEOUT_MS = 10_000;
/** An idle connection is closed after so long, in milliseconds: before balancers drop it silently. */
const KEEP_ALIVE_MS = 55_000;
/** The largest response head that an API server may send, in bytes. */
const MAX_RESPONSE_HEAD_BYTES = 256 * 1024;
/** How often a token file is looked at for a change, in milliseconds. */
const TOKEN_CHECK_MS = 1000;

/**
 * One cluster's API server: its address, the proxy's own credential for it,
 * and the connections to it. No response has a time limit here: watches, logs
 * and sessions last as long as they last.
 */
export class UpstreamCluster {
  readonly config: ClusterConfig;
  /** URL without a trailing slash. */
  readonly endpoint: string;
  readonly dispatcher: Dispatcher;
  readonly #connection: ClusterConnection;
  readonly #url: URL;
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
    this.dispatcher = new Pool(this.#url.origin, {
      connect: { ...this.#tlsOptions(), timeout: CONNECT_TIMEOUT_MS },
      allowH2: false,
      pipelining: 1,
      keepAliveTimeout: KEEP_ALIVE_MS,
      headersTimeout: 0,
      bodyTimeout: 0,
      maxHeaderSize: MAX_RESPONSE_HEAD_BYTES,
    });
  }

  get name(): string {
    return this.config.name;
  }

  /** `host:port` for the `Host` header. */
  get host(): string {
    return this.#url.host;
  }

  /** The API server's path prefix, without a trailing slash. */
  get basePath(): string {
    return this.#url.pathname.replace(/\/$/, '');
  }

  /**
   * The value of `Authorization` for the proxy's own identity, or undefined
   * when a client certificate is used.
   *
   * @throws Error when the token file cannot be read
   */
  authorization(): string | undefined {
    const token = this.#connection.tokenFile
      ? this.#readTokenFile(this.#connection.tokenFile)
      : this.#connection.token;
    return token ? `Bearer ${token}` : undefined;
  }

  /** A connection of its own, for an upgrade. */
  connect(): Promise<Socket> {
    return new Promise((resolve, reject) => {
      const secure = this.#url.protocol === 'https:';
      const port = Number(this.#url.port) || (secure ? 443 : 80);
      // URL keeps the brackets of an IPv6 address; sockets want it without.
      const host = this.#url.hostname.replace(/^\[|\]$/g, '');
      const socket = secure
        ? connectTls({ ...this.#tlsOptions(), host, port })
        : connectTcp({ host, port });
      const timer = setTimeout(
        () => socket.destroy(new Error('connecting took too long')),
        CONNECT_TIMEOUT_MS,
      );
      const settled = () => clearTimeout(timer);
      socket.setNoDelay(true);
      socket.once('error', error => {
        settled();
        reject(error);
      });
      socket.once(secure ? 'secureConnect' : 'connect', () => {
        settled();
        socket.removeAllListeners('error');
        resolve(socket);
      });
    });
  }

  async close(): Promise<void> {
    await this.dispatcher.destroy();
  }

  #tlsOptions(): ConnectionOptions {
    const hostName = this.#url.hostname;
    return {
      ca: this.#connection.certificateAuthority,
      cert: this.#connection.clientCertificate,
      key: this.#connection.clientKey,
      // An address must not be sent as a server name.
      servername:
        this.#connection.serverName ??
        (isIP(hostName.replace(/^\[|\]$/g, '')) ? '' : hostName),
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
