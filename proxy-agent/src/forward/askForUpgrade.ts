import { IncomingMessage, request as httpRequest } from 'node:http';
import type { RawHeaders, UpstreamConnection } from '../upstream';
import type { CallTarget } from './Exchange';
import { upstreamFailure } from './upstreamFailure';
import { withoutHeader } from './upstreamHeaders';

/** How long an API server may take to answer an upgrade, in milliseconds: it may have to pull strings at a kubelet. */
const HANDSHAKE_TIMEOUT_MS = 60_000;
/** The largest response head that an API server may send, in bytes. */
const MAX_RESPONSE_HEAD_BYTES = 256 * 1024;

/** An API server's answer to a request to upgrade the connection. */
export type UpgradeAnswer = {
  head: IncomingMessage;
  /** The caller's from now on. */
  connection: UpstreamConnection;
  /** What came right behind a 101; undefined when the upgrade was refused. */
  firstBytes: Buffer | undefined;
};

/** There is no answer to a request to upgrade the connection; the message says so to the user. */
export class UnansweredUpgradeError extends Error {
  readonly name = 'UnansweredUpgradeError';

  constructor(
    message: string,
    /** The request was sent, or a part of it. */
    readonly sent: boolean,
    /** What happened to the connection. */
    readonly cause: Error,
  ) {
    super(message, { cause });
  }
}

/**
 * Asks the API server, over a connection of its own, for the upgrade that the
 * client asked for.
 *
 * @param headersOf - gives the headers that the API server gets
 * @param gone - closes the connection, at any time
 * @throws UnansweredUpgradeError
 */
export async function askForUpgrade(
  request: IncomingMessage,
  target: Pick<CallTarget, 'cluster' | 'route' | 'url'>,
  headersOf: () => RawHeaders,
  gone: AbortSignal,
): Promise<UpgradeAnswer> {
  const { cluster, route, url } = target;
  const failure = (error: Error, sent: boolean) =>
    new UnansweredUpgradeError(
      upstreamFailure(cluster.name, error, { sent, changing: true }),
      sent,
      error,
    );
  let headers: RawHeaders;
  let connection: UpstreamConnection;
  try {
    gone.throwIfAborted();
    headers = headersOf();
    connection = await route.connect(gone);
  } catch (error) {
    throw failure(error as Error, false);
  }
  const { socket } = connection;
  // Node takes its own listener away with the answer; an error is followed by close.
  socket.on('error', () => {});
  gone.addEventListener('abort', () => socket.destroy());

  return await new Promise<UpgradeAnswer>((resolve, reject) => {
    const timer = setTimeout(
      () => socket.destroy(new Error('it took too long')),
      HANDSHAKE_TIMEOUT_MS,
    );
    const upstream = httpRequest({
      createConnection: () => socket,
      method: request.method,
      path: `${cluster.basePath}${url}`,
      setHost: false,
      maxHeaderSize: MAX_RESPONSE_HEAD_BYTES,
      headers: [
        // An extension would compress what the tap has to read.
        ...withoutHeader(headers, 'sec-websocket-extensions'),
        'Connection',
        'Upgrade',
        'Upgrade',
        request.headers.upgrade ?? '',
      ],
    });
    upstream.once('upgrade', (head, _socket, firstBytes) => {
      clearTimeout(timer);
      resolve({ head, connection, firstBytes });
    });
    upstream.once('response', head => {
      clearTimeout(timer);
      resolve({ head, connection, firstBytes: undefined });
    });
    upstream.on('error', error => {
      clearTimeout(timer);
      socket.destroy();
      reject(failure(error, true));
    });
    upstream.end();
  });
}
