import { createServer, Server } from 'node:http';
import { AddressInfo, connect } from 'node:net';

/** An HTTP proxy that connects those who know a password to other ports of this machine. */
export class HttpProxy {
  /** Where it was asked to connect to. */
  readonly asked: string[] = [];
  readonly #server: Server;

  /** @param credential - `user:password` */
  static async start(credential: string): Promise<HttpProxy> {
    const proxy = new HttpProxy(credential);
    await new Promise<void>(resolve => {
      proxy.#server.listen(0, '127.0.0.1', resolve);
    });
    return proxy;
  }

  private constructor(credential: string) {
    const expected = `Basic ${Buffer.from(credential).toString('base64')}`;
    this.#server = createServer();
    this.#server.on('connect', (request, client, head) => {
      client.on('error', () => {});
      if (request.headers['proxy-authorization'] !== expected) {
        client.end(
          'HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic\r\nContent-Length: 0\r\n\r\n',
        );
        return;
      }
      this.asked.push(request.url ?? '');
      const upstream = connect({
        host: '127.0.0.1',
        port: Number(request.url?.split(':')[1]),
      });
      client.write('HTTP/1.1 200 Connection established\r\n\r\n');
      upstream.write(head);
      client.pipe(upstream);
      upstream.on('error', () => {}).pipe(client);
    });
  }

  /** @param credential - `user:password` */
  url(credential: string): string {
    const { port } = this.#server.address() as AddressInfo;
    return `http://${credential}@127.0.0.1:${port}`;
  }

  stop(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }
}
