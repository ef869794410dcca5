import {
  CreateBucketCommand,
  DeleteObjectCommand,
  paginateListObjectsV2,
  S3Client,
  S3ClientConfig,
} from '@aws-sdk/client-s3';
import { once } from 'node:events';
import {
  createServer,
  IncomingMessage,
  request as requestOf,
  RequestListener,
  Server,
  ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import S3rver from 's3rver';

export const BUCKET = 'recordings';

/**
 * A real server to test with instead: its address, `http://…`, and a credential
 * that may make the bucket `recordings`, which is emptied again and again.
 */
const {
  S3_TEST_ENDPOINT,
  S3_TEST_ACCESS_KEY_ID = 'S3RVER',
  S3_TEST_SECRET_ACCESS_KEY = 'S3RVER',
} = process.env;

/**
 * An S3 server on loopback: the requests that a test lets pass go to `s3rver`,
 * or to the real one that the environment names (see CONTRIBUTING).
 *
 * `s3rver` keeps objects in files and knows access keys and multipart uploads.
 * npm has emulators alone, of which it is the one that most use, and no package
 * that brings a server as binary; of the servers that others run, Debian has
 * Ceph (`ceph-mon`, `ceph-osd`, `radosgw`) and Swift, clusters of daemons that
 * take longer to start than these tests to run. What `s3rver` does not know is
 * seen on the wire, or answered in the test, instead: signatures, server-side
 * encryption, the checksums that S3 compares, the end of a multipart upload that
 * is given up, and lists of several pages.
 */
export class S3TestServer {
  /** The heads of all requests. */
  readonly requests: Pick<IncomingMessage, 'method' | 'url' | 'headers'>[] = [];
  /** Answers the next requests itself when it returns true. */
  intercept: (request: IncomingMessage, response: ServerResponse) => boolean =
    () => false;
  readonly #server: Server;

  static async start(directory: string): Promise<S3TestServer> {
    const server = new S3TestServer(
      S3_TEST_ENDPOINT === undefined
        ? await startS3rver(directory)
        : forwardTo(S3_TEST_ENDPOINT),
    );
    server.#server.listen(0, '127.0.0.1');
    await once(server.#server, 'listening');
    if (S3_TEST_ENDPOINT !== undefined) {
      await emptyBucket(server.clientConfig);
      server.requests.length = 0;
    }
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

  get clientConfig(): S3ClientConfig & {
    credentials: { accessKeyId: string; secretAccessKey: string };
  } {
    const { port } = this.#server.address() as AddressInfo;
    return {
      endpoint: `http://127.0.0.1:${port}`,
      region: 'us-east-1',
      forcePathStyle: true,
      credentials: {
        accessKeyId: S3_TEST_ACCESS_KEY_ID,
        secretAccessKey: S3_TEST_SECRET_ACCESS_KEY,
      },
    };
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }
}

async function startS3rver(directory: string): Promise<RequestListener> {
  const s3rver = new S3rver({
    directory,
    silent: true,
    configureBuckets: [{ name: BUCKET, configs: [] }],
  });
  await s3rver.configureBuckets();
  return s3rver.callback();
}

/** The head goes on as it is: the client has signed it. */
function forwardTo(endpoint: string): RequestListener {
  return (request, response) => {
    const { method, url, headers } = request;
    const forwarded = requestOf(
      `${endpoint}${url}`,
      { method, headers, agent: false },
      answer => {
        response.writeHead(answer.statusCode ?? 502, answer.rawHeaders);
        answer.pipe(response);
        answer.once('error', () => response.destroy());
      },
    );
    forwarded.once('error', () => response.destroy());
    request.once('close', () => {
      if (!request.complete) {
        forwarded.destroy();
      }
    });
    request.pipe(forwarded);
  };
}

async function emptyBucket(config: S3ClientConfig): Promise<void> {
  const client = new S3Client(config);
  try {
    await client.send(new CreateBucketCommand({ Bucket: BUCKET }));
  } catch (error) {
    if (!/^Bucket(Already|$)/.test(error instanceof Error ? error.name : '')) {
      throw error;
    }
  }
  for await (const { Contents = [] } of paginateListObjectsV2(
    { client },
    { Bucket: BUCKET },
  )) {
    for (const { Key } of Contents) {
      await client.send(new DeleteObjectCommand({ Bucket: BUCKET, Key }));
    }
  }
  client.destroy();
}
