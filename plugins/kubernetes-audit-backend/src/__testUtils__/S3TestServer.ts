import type { S3ClientConfig } from '@aws-sdk/client-s3';
import { once } from 'node:events';
import {
  createServer,
  IncomingMessage,
  RequestListener,
  Server,
  ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import S3rver from 's3rver';

export const BUCKET = 'recordings';

/**
 * An S3 server on loopback, the closest to S3 that npm has: `s3rver` keeps
 * objects in files and knows multipart uploads. What it does not know is seen on
 * the wire, or answered in the test, instead: server-side encryption, the
 * checksums that S3 compares, the end of a multipart upload that is given up,
 * and lists of more than one page.
 */
export class S3TestServer {
  /** The heads of all requests. */
  readonly requests: Pick<IncomingMessage, 'method' | 'url' | 'headers'>[] = [];
  /** Answers the next requests itself when it returns true. */
  intercept: (request: IncomingMessage, response: ServerResponse) => boolean =
    () => false;
  readonly #server: Server;

  static async start(directory: string): Promise<S3TestServer> {
    const s3rver = new S3rver({
      directory,
      silent: true,
      configureBuckets: [{ name: BUCKET, configs: [] }],
    });
    await s3rver.configureBuckets();
    const server = new S3TestServer(s3rver.callback());
    server.#server.listen(0, '127.0.0.1');
    await once(server.#server, 'listening');
    return server;
  }

  private constructor(answer: RequestListener) {
    this.#server = createServer((request, response) => {
      const { method, url, headers } = request;
      this.requests.push({ method, url, headers });
      if (!this.intercept(request, response)) {
        answer(request, response);
      }
    });
  }

  get clientConfig(): S3ClientConfig {
    const { port } = this.#server.address() as AddressInfo;
    return {
      endpoint: `http://127.0.0.1:${port}`,
      region: 'us-east-1',
      forcePathStyle: true,
      credentials: { accessKeyId: 'S3RVER', secretAccessKey: 'S3RVER' },
    };
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }
}
