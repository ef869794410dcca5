import { createServer, Server } from 'node:https';
import { IncomingMessage, request as httpRequest } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Duplex, Transform } from 'node:stream';

/** A balancer that ends TLS and speaks plain HTTP with a proxy behind it: it sees all that passes, and may change it. */
export class TlsBalancer {
  readonly #server: Server;
  readonly #port: number;
  readonly #sockets = new Set<Duplex>();
  /** Changes what agents send once they have a tunnel. */
  tamper: ((bytes: Buffer) => Buffer) | undefined;

  static async start(options: {
    port: number;
    cert: string;
    key: string;
  }): Promise<TlsBalancer> {
    const balancer = new TlsBalancer(options);
    await new Promise<void>(resolve => {
      balancer.#server.listen(0, '127.0.0.1', resolve);
    });
    return balancer;
  }

  private constructor(options: { port: number; cert: string; key: string }) {
    this.#port = options.port;
    this.#server = createServer(options);
    this.#server.on('request', (request, response) => {
      const onward = this.#onward(request);
      onward.on('response', answer => {
        response.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(response);
      });
      onward.on('error', () => response.destroy());
      request.pipe(onward);
    });
    this.#server.on('upgrade', (request, client: Duplex, head: Buffer) => {
      const onward = this.#onward(request);
      client.on('error', () => {});
      onward.on('error', () => client.destroy());
      onward.on('upgrade', (answer, proxy, first) => {
        this.#sockets.add(client).add(proxy);
        const headers = Object.entries(answer.headers)
          .map(([name, value]) => `${name}: ${value}\r\n`)
          .join('');
        client.write(`HTTP/1.1 101 Switching Protocols\r\n${headers}\r\n`);
        client.write(first);
        proxy.write(head);
        proxy.on('error', () => client.destroy()).pipe(client);
        client
          .pipe(
            new Transform({
              transform: (chunk, _encoding, done) =>
                done(null, this.tamper?.(chunk) ?? chunk),
            }),
          )
          .pipe(proxy);
        client.on('close', () => proxy.destroy());
        proxy.on('close', () => client.destroy());
      });
      onward.end();
    });
  }

  get url(): string {
    return `https://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.#sockets.forEach(socket => socket.destroy());
    this.#server.closeAllConnections();
    await new Promise(resolve => {
      this.#server.close(resolve);
    });
  }

  #onward({ method, url, headers }: IncomingMessage) {
    return httpRequest({
      host: '127.0.0.1',
      port: this.#port,
      method,
      path: url,
      headers: { ...headers, 'x-forwarded-for': '192.0.2.1' },
    });
  }
}
