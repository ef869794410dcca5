import { AddressInfo, createServer, Server, Socket } from 'node:net';
import { createServer as createTlsServer, TlsOptions } from 'node:tls';
import { until } from '../TestProxy';
import { RawConnection } from './RawConnection';

/** An answer with this body and these header lines, as it stands on the wire. */
export function rawAnswer(
  body: string,
  options: { status?: string; headers?: string[] } = {},
): string {
  return [
    `HTTP/1.1 ${options.status ?? '200 OK'}`,
    ...(options.headers ?? []),
    `Content-Length: ${Buffer.byteLength(body, 'latin1')}`,
    '',
    body,
  ].join('\r\n');
}

/** An upstream that speaks no HTTP of its own: a test sees and sends every byte. */
export class RawApiServer {
  readonly connections: RawConnection[] = [];
  readonly #server: Server;
  /** Also those whose TLS handshake failed. */
  readonly #sockets = new Set<Socket>();
  readonly #scheme: string;

  static async start(
    options: {
      tls?: TlsOptions;
      host?: string;
      onConnection?: (connection: RawConnection) => void;
    } = {},
  ): Promise<RawApiServer> {
    const server = new RawApiServer(options.tls, options.onConnection);
    await new Promise<void>(resolve => {
      server.#server.listen(0, options.host ?? '127.0.0.1', resolve);
    });
    return server;
  }

  private constructor(
    tls: TlsOptions | undefined,
    onConnection: ((connection: RawConnection) => void) | undefined,
  ) {
    const accept = (socket: Socket) => {
      const connection = RawConnection.over(socket);
      this.connections.push(connection);
      onConnection?.(connection);
    };
    this.#scheme = tls ? 'https' : 'http';
    this.#server = tls
      ? createTlsServer({ ...tls, allowHalfOpen: true }, accept)
      : createServer({ allowHalfOpen: true }, accept);
    this.#server.on('connection', socket => this.#sockets.add(socket));
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get url(): string {
    const { address, port } = this.#server.address() as AddressInfo;
    const host = address.includes(':') ? `[${address}]` : address;
    return `${this.#scheme}://${host}:${port}`;
  }

  /** Everything that came over any connection. */
  get text(): string {
    return this.connections.map(connection => connection.text).join('');
  }

  /** How many requests came, by their `Audit-ID` lines. */
  get requestCount(): number {
    return this.text.match(/^audit-id: /gim)?.length ?? 0;
  }

  /** Waits for a connection, counted from 0. */
  async connection(index = 0): Promise<RawConnection> {
    await until(
      () => this.connections.length > index,
      `connection ${index} to the API server`,
    );
    return this.connections[index];
  }

  async stop(): Promise<void> {
    this.#sockets.forEach(socket => socket.destroy());
    await new Promise(resolve => {
      this.#server.close(resolve);
    });
  }
}
