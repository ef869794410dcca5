import { createServer, Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ProxyConfig } from '../config';

/** One condition of being ready. */
export type Readiness = {
  name: string;
  ready: boolean;
  /** More about it, in words for an operator. */
  detail?: string;
};

/** What the admin listener tells. */
export type AdminSource = {
  readiness: () => Readiness[];
  /** In Prometheus' text format. */
  metrics: () => Promise<string>;
};

/** The listener for probes and Prometheus; it tells no secret, and listens on loopback by default. */
export class AdminServer {
  readonly #server: Server;
  readonly #config: ProxyConfig['admin'];

  static fromConfig(
    config: ProxyConfig['admin'],
    options: AdminSource,
  ): AdminServer {
    return new AdminServer(config, options);
  }

  private constructor(config: ProxyConfig['admin'], options: AdminSource) {
    this.#config = config;
    this.#server = createServer((request, response) => {
      const answer = (code: number, text: string, type = 'text/plain') => {
        response.writeHead(code, { 'content-type': `${type}; charset=utf-8` });
        response.end(request.method === 'HEAD' ? undefined : text);
      };
      switch (request.url?.split('?')[0]) {
        case '/healthz':
          answer(200, 'ok\n');
          break;
        case '/readyz': {
          const conditions = options.readiness();
          const ready = conditions.every(condition => condition.ready);
          const lines = conditions.map(
            ({ name, ready: ok, detail }) =>
              `[${ok ? '+' : '-'}] ${name}${detail ? `: ${detail}` : ''}`,
          );
          answer(ready ? 200 : 503, `${lines.join('\n')}\n`);
          break;
        }
        case '/metrics':
          options.metrics().then(
            text => answer(200, text),
            error => answer(500, `${error.message}\n`),
          );
          break;
        default:
          answer(404, 'not found\n');
      }
    });
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  async listen(): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(this.#config.port, this.#config.host, () => {
        this.#server.off('error', reject);
        resolve();
      });
    });
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise<void>(resolve => {
      this.#server.close(() => resolve());
    });
  }
}
