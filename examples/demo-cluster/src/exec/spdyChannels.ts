import { IncomingMessage } from 'node:http';
import { Duplex } from 'node:stream';
import { StatusError } from '../api/StatusError';
import {
  ExecChannels,
  ExecStreams,
  InputHandlers,
  parseResize,
} from './ExecChannels';
import { SpdyConnection, SpdyListener } from './SpdyConnection';

const VERSION = 'v4.channel.k8s.io';
const STREAMS_TIMEOUT_MS = 30_000;

function deferred<T>() {
  let resolve: (value: T) => void = () => {};
  let reject: (reason: Error) => void = () => {};
  const promise = new Promise<T>((onResolve, onReject) => {
    resolve = onResolve;
    reject = onReject;
  });
  return { promise, resolve, reject };
}

/** What has arrived on the streams so far, and who is told of it. */
class SpdyChannels implements SpdyListener {
  private readonly types = new Map<number, string>();
  private readonly ids = new Map<string, number>();
  private readonly input = deferred<InputHandlers>();
  private readonly complete = deferred<void>();

  private constructor(private readonly expected: string[]) {}

  static async open(
    socket: Duplex,
    head: Buffer,
    expected: string[],
  ): Promise<ExecChannels> {
    const channels = new SpdyChannels(expected);
    const timeout = setTimeout(() => socket.destroy(), STREAMS_TIMEOUT_MS);
    const connection = SpdyConnection.serve(socket, head, channels);
    await channels.complete.promise.finally(() => clearTimeout(timeout));
    const write = async (type: string, bytes: Buffer, fin = false) => {
      const streamId = channels.ids.get(type);
      if (streamId !== undefined) await connection.write(streamId, bytes, fin);
    };
    return {
      receive: channels.input.resolve,
      output: write,
      finish: status => {
        write('stdout', Buffer.alloc(0), true);
        write('stderr', Buffer.alloc(0), true);
        write('error', Buffer.from(JSON.stringify(status)), true);
        connection.end();
      },
    };
  }

  opened(streamId: number, headers: Map<string, string>): void {
    const type = headers.get('streamtype') ?? '';
    this.types.set(streamId, type);
    this.ids.set(type, streamId);
    if (this.expected.every(each => this.ids.has(each))) {
      this.complete.resolve();
    }
  }

  async data(streamId: number, bytes: Buffer): Promise<void> {
    const type = this.types.get(streamId);
    // Waits for the process: no client sends before its streams are open.
    const handlers = await this.input.promise;
    if (type === 'stdin') await handlers.stdin(bytes);
    const size = type === 'resize' && parseResize(bytes);
    if (size) handlers.resize(size.columns, size.rows);
  }

  ended(streamId: number): void {
    if (this.types.get(streamId) !== 'stdin') return;
    this.input.promise.then(handlers => handlers.stdinEnd());
  }

  closed(): void {
    this.complete.reject(
      new Error('the client left before its streams opened'),
    );
    this.input.promise.then(handlers => handlers.closed());
  }
}

/**
 * Accepts the upgrade, and settles when the client has opened the streams it
 * asked for. Throws a 400 when it does not offer v4; rejects when they don't
 * come.
 */
export function acceptSpdy(
  request: IncomingMessage,
  socket: Duplex,
  head: Buffer,
  streams: ExecStreams,
): Promise<ExecChannels> {
  const offered = (request.headersDistinct['x-stream-protocol-version'] ?? [])
    .flatMap(line => line.split(','))
    .map(name => name.trim());
  if (!offered.includes(VERSION)) {
    throw StatusError.badRequest(
      `unable to upgrade: unable to negotiate protocol: client supports [${offered}], server accepts [${VERSION}]`,
    );
  }
  socket.write(
    [
      'HTTP/1.1 101 Switching Protocols',
      'Connection: Upgrade',
      'Upgrade: SPDY/3.1',
      `X-Stream-Protocol-Version: ${VERSION}`,
      '\r\n',
    ].join('\r\n'),
  );
  return SpdyChannels.open(socket, head, expectedTypes(streams));
}

function expectedTypes({ stdin, stdout, stderr, tty }: ExecStreams): string[] {
  const wanted = {
    ...{ error: true, stdin, stdout },
    ...{ stderr: stderr && !tty, resize: tty },
  };
  return Object.entries(wanted).flatMap(([type, on]) => (on ? [type] : []));
}
