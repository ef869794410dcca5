import {
  ClientHttp2Session,
  ClientHttp2Stream,
  connect,
  constants,
} from 'node:http2';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { TunnelStatus } from 'backstage-plugin-kubernetes-audit-common';
import type { TunnelPath } from '../../upstream';
import {
  gatherWrites,
  Hello,
  HTTP2_OPTIONS,
  KeepAlive,
  NEWS_PATH,
  widen,
} from '../transport';

/** How long an agent may take to open a stream, in milliseconds. */
const OPEN_TIMEOUT_MS = 10_000;

const { HTTP2_HEADER_STATUS, NGHTTP2_CANCEL } = constants;

type TunnelSessionOptions = {
  id: number;
  socket: Socket;
  hello: Hello;
  /** Of the agent. */
  remoteAddress: string;
  /** Milliseconds since 1970. */
  now: number;
  onClosed: (error: Error | undefined) => void;
};

/** The proxy's end of one tunnel: the client of the HTTP/2 server that the agent is. */
export class TunnelSession {
  /** Tells it apart from others of this process. */
  readonly id: number;
  /** Milliseconds since 1970. */
  readonly connectedAt: number;
  readonly hello: Hello;
  /** Aborted when it takes no more streams: the agent drains, another connection stands in for it, or it has gone. */
  readonly leaving: AbortSignal;
  readonly #leave = new AbortController();
  readonly #session: ClientHttp2Session;
  readonly #socket: Socket;
  readonly #keepAlive: KeepAlive;
  readonly #remoteAddress: string;
  readonly #paths = new Map<string, TunnelPath>();
  #streams = 0;

  static open(options: TunnelSessionOptions): TunnelSession {
    return new TunnelSession(options);
  }

  private constructor(options: TunnelSessionOptions) {
    const { socket, hello, now, onClosed } = options;
    this.id = options.id;
    this.hello = hello;
    this.leaving = this.#leave.signal;
    this.#socket = socket;
    this.#remoteAddress = options.remoteAddress;
    this.connectedAt = now;
    let failure: Error | undefined;
    this.#session = connect('http://agent.invalid', {
      ...HTTP2_OPTIONS,
      createConnection: () => socket,
    });
    this.#session.once('connect', session => widen(session));
    this.#session.on('error', error => {
      failure ??= error;
    });
    this.#session.once('goaway', () => this.#leave.abort());
    this.#session.once('close', () => {
      this.#leave.abort();
      socket.destroy();
      onClosed(failure);
    });
    this.#keepAlive = KeepAlive.start({
      session: this.#session,
      socket,
      onDead: error => this.cut(error),
    });
  }

  /** The way to one of the agent's clusters; the same object each time. */
  pathTo(clusterName: string): TunnelPath | undefined {
    const known = this.#paths.get(clusterName);
    if (known) {
      return known;
    }
    const cluster = this.hello.clusters.find(
      ({ name }) => name === clusterName,
    );
    if (!cluster) {
      return undefined;
    }
    const path: TunnelPath = {
      agentName: this.hello.name,
      endpoint: cluster.endpoint ?? '',
      leaving: this.leaving,
      open: signal => this.open(clusterName, signal),
    };
    this.#paths.set(clusterName, path);
    return path;
  }

  /**
   * A stream on which the agent answers as the cluster's API server would.
   *
   * @throws Error when the agent refuses, does not answer, or the signal comes first
   */
  async open(clusterName: string, signal?: AbortSignal): Promise<Duplex> {
    signal?.throwIfAborted();
    const stream = this.#session.request(
      { ':method': 'CONNECT', ':authority': clusterName },
      { endStream: false },
    );
    this.#streams += 1;
    stream.once('close', () => {
      this.#streams -= 1;
    });
    await this.#opened(stream, signal);
    return gatherWrites(stream);
  }

  status(): Omit<TunnelStatus, 'reconnects'> {
    const { name, version, hostName, clusters } = this.hello;
    return {
      name,
      version,
      hostName,
      clusters,
      remoteAddress: this.#remoteAddress,
      connectedAt: new Date(this.connectedAt).toISOString(),
      roundTripMs: this.#keepAlive.roundTripMs,
      streams: this.#streams,
      receivedBytes: this.#socket.bytesRead,
      sentBytes: this.#socket.bytesWritten,
      draining: this.leaving.aborted,
    };
  }

  /** Tells the agent something that it may want to know; what an older one does not understand it refuses. */
  tell(news: object): void {
    if (this.#session.closed || this.#session.destroyed) {
      return;
    }
    const stream = this.#session.request({
      ':method': 'POST',
      ':path': NEWS_PATH,
    });
    stream.on('error', () => {}).resume();
    stream.end(JSON.stringify(news));
  }

  /** Takes no more streams; ends with the last one that there is. */
  drain(): void {
    this.#leave.abort();
    this.#session.close();
  }

  /** Ends at once. */
  cut(error?: Error): void {
    this.#leave.abort();
    this.#session.destroy(error);
    this.#socket.destroy();
  }

  async #opened(
    stream: ClientHttp2Stream,
    signal: AbortSignal | undefined,
  ): Promise<void> {
    const { name } = this.hello;
    await new Promise<void>((resolve, reject) => {
      const settle = () => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', abort);
        stream.off('response', answered).off('close', closed);
      };
      const fail = (error: Error) => {
        settle();
        stream.close(NGHTTP2_CANCEL);
        reject(error);
      };
      const answered = (headers: { [HTTP2_HEADER_STATUS]?: number }) => {
        const status = headers[HTTP2_HEADER_STATUS];
        if (status === 200) {
          settle();
          resolve();
        } else {
          fail(new Error(`the tunnel agent ${name} answered with ${status}`));
        }
      };
      const closed = () =>
        fail(new Error(`the tunnel agent ${name} takes nothing more`));
      const abort = () => fail(new Error('nobody waits for it any more'));
      const timer = setTimeout(
        () => fail(new Error(`the tunnel agent ${name} does not answer`)),
        OPEN_TIMEOUT_MS,
      );
      // An error is followed by close, also one that comes later.
      stream.on('error', () => {});
      stream.once('response', answered).once('close', closed);
      signal?.addEventListener('abort', abort);
    });
  }
}
