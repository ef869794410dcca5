import {
  constants,
  performServerHandshake,
  ServerHttp2Session,
  ServerHttp2Stream,
} from 'node:http2';
import type { IncomingHttpHeaders } from 'node:http2';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { z } from 'zod';
import {
  gatherWrites,
  HTTP2_OPTIONS,
  instanceSchema,
  KeepAlive,
  MAX_STREAMS,
  NEWS_PATH,
  parseJson,
  widen,
} from '../transport';

/** Streams that a proxy may take back at once, and in a second: each client that hangs up is one. */
const RESET_BURST = 20_000;
const RESETS_PER_SECOND = 2000;
/** Bytes of what a proxy tells. */
const MAX_NEWS_BYTES = 1024 * 1024;

const { HTTP2_HEADER_AUTHORITY, HTTP2_HEADER_METHOD, HTTP2_HEADER_PATH } =
  constants;

const newsSchema = z.object({
  instances: z.array(instanceSchema).max(10_000).optional(),
});

type ServedTunnelOptions = {
  socket: Socket;
  /** Takes a stream for a cluster; undefined when the agent has none of that name. */
  serverOf: (
    clusterName: string,
  ) => { accept: (stream: Duplex) => void } | undefined;
  /** The proxy has told which instances there are. */
  onInstances: (instances: string[]) => void;
  onClosed: (error: Error | undefined) => void;
};

/** The agent's end of one tunnel: the HTTP/2 server on the connection that it has dialled. */
export class ServedTunnel {
  readonly #options: ServedTunnelOptions;
  readonly #session: ServerHttp2Session;
  readonly #keepAlive: KeepAlive;
  #streams = 0;

  static start(options: ServedTunnelOptions): ServedTunnel {
    return new ServedTunnel(options);
  }

  private constructor(options: ServedTunnelOptions) {
    this.#options = options;
    const { socket, onClosed } = options;
    this.#session = performServerHandshake(socket, {
      ...HTTP2_OPTIONS,
      settings: {
        ...HTTP2_OPTIONS.settings,
        maxConcurrentStreams: MAX_STREAMS,
      },
      streamResetBurst: RESET_BURST,
      streamResetRate: RESETS_PER_SECOND,
    });
    widen(this.#session);
    let failure: Error | undefined;
    this.#session.on('error', error => {
      failure ??= error;
    });
    this.#session.once('close', () => {
      socket.destroy();
      onClosed(failure);
    });
    this.#session.on('stream', (stream, headers) => {
      // An error is followed by close.
      stream.on('error', () => {});
      this.#take(stream, headers);
    });
    this.#keepAlive = KeepAlive.start({
      session: this.#session,
      socket,
      onDead: error => this.cut(error),
    });
  }

  /** Of the last probe that was answered, in milliseconds. */
  get roundTripMs(): number | undefined {
    return this.#keepAlive.roundTripMs;
  }

  /** Connections to API servers that are open through it. */
  get streams(): number {
    return this.#streams;
  }

  /** Tells the proxy to send nothing more; ends with the last stream. */
  drain(): void {
    this.#session.close();
  }

  cut(error?: Error): void {
    this.#session.destroy(error);
    this.#options.socket.destroy();
  }

  #take(stream: ServerHttp2Stream, headers: IncomingHttpHeaders): void {
    if (stream.closed) {
      // The proxy has taken it back already: Node throws at an answer.
      return;
    }
    const method = headers[HTTP2_HEADER_METHOD];
    if (method === 'POST' && headers[HTTP2_HEADER_PATH] === NEWS_PATH) {
      this.#readNews(stream);
      return;
    }
    const server =
      method === 'CONNECT'
        ? this.#options.serverOf(`${headers[HTTP2_HEADER_AUTHORITY] ?? ''}`)
        : undefined;
    if (!server) {
      stream.respond({ ':status': 404 }, { endStream: true });
      stream.resume();
      return;
    }
    this.#streams += 1;
    stream.once('close', () => {
      this.#streams -= 1;
    });
    stream.respond({ ':status': 200 });
    server.accept(gatherWrites(stream));
  }

  #readNews(stream: ServerHttp2Stream): void {
    const chunks: Buffer[] = [];
    let size = 0;
    stream.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size > MAX_NEWS_BYTES) {
        stream.close(constants.NGHTTP2_ENHANCE_YOUR_CALM);
        return;
      }
      chunks.push(chunk);
    });
    stream.once('end', () => {
      if (stream.closed) {
        // Too long, or taken back.
        return;
      }
      stream.respond({ ':status': 204 }, { endStream: true });
      const text = Buffer.concat(chunks).toString('utf8');
      const instances = parseJson(text, newsSchema)?.instances;
      if (instances) {
        this.#options.onInstances(instances);
      }
    });
  }
}
