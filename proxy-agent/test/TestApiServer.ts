import {
  createServer,
  IncomingMessage,
  RequestListener,
  Server,
} from 'node:http';
import {
  createServer as createSecureServer,
  Server as SecureServer,
} from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';

/** A request as it reached the upstream. */
export type SeenRequest = {
  method: string;
  url: string;
  rawHeaders: string[];
  headers: IncomingMessage['headers'];
  body: string;
};

/** An upstream on a real socket that answers as a test says and remembers what it was asked. */
export class TestApiServer {
  readonly seen: SeenRequest[] = [];
  onRequest: RequestListener = (_request, response) => {
    response.setHeader('content-type', 'application/json');
    response.end('{"kind":"PodList","items":[]}');
  };
  onUpgrade: (request: IncomingMessage, socket: Duplex, head: Buffer) => void =
    (_request, socket) => socket.destroy();
  readonly #server: Server;
  readonly #scheme: string;

  /** @param tls - plain HTTP without */
  static async start(tls?: {
    cert: string;
    key: string;
  }): Promise<TestApiServer> {
    const server = new TestApiServer(tls);
    await new Promise<void>(resolve => {
      server.#server.listen(0, '127.0.0.1', resolve);
    });
    return server;
  }

  private constructor(tls: { cert: string; key: string } | undefined) {
    this.#scheme = tls ? 'https' : 'http';
    const answer: RequestListener = (request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', chunk => chunks.push(chunk));
      request.on('end', () => {
        this.#remember(request, Buffer.concat(chunks).toString());
      });
      this.onRequest(request, response);
    };
    this.#server = tls ? createSecureServer(tls, answer) : createServer(answer);
    this.#server.on('upgrade', (request, socket, head) => {
      this.#remember(request, '');
      socket.on('error', () => socket.destroy());
      this.onUpgrade(request, socket, head);
    });
  }

  get url(): string {
    return `${this.#scheme}://127.0.0.1:${
      (this.#server.address() as AddressInfo).port
    }`;
  }

  /** Shows another certificate to those who connect from now on. */
  useCertificate(tls: { cert: string; key: string }): void {
    if (!(this.#server instanceof SecureServer)) {
      throw new Error('it was started without TLS');
    }
    this.#server.setSecureContext(tls);
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise(resolve => {
      this.#server.close(resolve);
    });
  }

  #remember(request: IncomingMessage, body: string): void {
    this.seen.push({
      method: request.method ?? '',
      url: request.url ?? '',
      rawHeaders: request.rawHeaders,
      headers: request.headers,
      body,
    });
  }
}
