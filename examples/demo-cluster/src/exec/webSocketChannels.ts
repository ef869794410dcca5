import { IncomingMessage } from 'node:http';
import { Duplex } from 'node:stream';
import { WebSocket, WebSocketServer } from 'ws';
import { StatusError } from '../api/StatusError';
import { ExecChannels, InputHandlers, parseResize } from './ExecChannels';

const VERSIONS = [
  'v5.channel.k8s.io',
  'v4.channel.k8s.io',
  'channel.k8s.io',
] as const;

const STDIN = 0;
const STDOUT = 1;
const STDERR = 2;
const ERROR = 3;
const RESIZE = 4;
/** v5 only; the next byte names the channel that ends. */
const CLOSE = 255;

const MAX_MESSAGE_BYTES = 1024 * 1024;
const NORMAL_CLOSURE = 1000;

const server = new WebSocketServer({
  noServer: true,
  perMessageDeflate: false,
  maxPayload: MAX_MESSAGE_BYTES,
  handleProtocols: offered => chooseVersion(offered) ?? false,
});

/** Accepts the upgrade. Throws a 400 when no known version is offered. */
export function acceptWebSocket(
  request: IncomingMessage,
  socket: Duplex,
  head: Buffer,
): Promise<ExecChannels> {
  const offered = (request.headers['sec-websocket-protocol'] ?? '').split(',');
  const version = chooseVersion(new Set(offered.map(name => name.trim())));
  if (!version) {
    throw StatusError.badRequest(
      `unable to upgrade: none of the subprotocols is one of ${VERSIONS}`,
    );
  }
  return new Promise(resolve => {
    server.handleUpgrade(request, socket, head, webSocket => {
      resolve(channelsOf(webSocket, version));
    });
  });
}

function chooseVersion(offered: Set<string>) {
  return VERSIONS.find(version => offered.has(version));
}

function channelsOf(
  webSocket: WebSocket,
  version: (typeof VERSIONS)[number],
): ExecChannels {
  const send = (channel: number, bytes: Buffer) =>
    new Promise<void>(resolve => {
      const message = Buffer.concat([Buffer.of(channel), bytes]);
      webSocket.send(message, () => resolve());
    });
  // Nothing is read, and so nothing lost, before somebody receives it.
  webSocket.pause();
  webSocket.on('error', () => webSocket.terminate());
  // As the API server begins.
  send(STDOUT, Buffer.alloc(0));
  return {
    receive: handlers => {
      webSocket.on('message', (data: Buffer) => {
        webSocket.pause();
        dispatch(data, handlers).finally(() => webSocket.resume());
      });
      webSocket.once('close', () => handlers.closed());
      if (webSocket.readyState === WebSocket.CLOSED) handlers.closed();
      webSocket.resume();
    },
    output: (channel, bytes) =>
      send(channel === 'stdout' ? STDOUT : STDERR, bytes),
    finish: status => {
      // Before v4 the error channel is plain text, and empty for success.
      const text =
        version === 'channel.k8s.io'
          ? String(status.message ?? '')
          : JSON.stringify(status);
      send(ERROR, Buffer.from(text));
      webSocket.close(NORMAL_CLOSURE);
    },
  };
}

async function dispatch(data: Buffer, handlers: InputHandlers): Promise<void> {
  const channel = data[0];
  const bytes = data.subarray(1);
  if (channel === STDIN) {
    if (bytes.length > 0) await handlers.stdin(bytes);
  } else if (channel === RESIZE) {
    const size = parseResize(bytes);
    if (size) handlers.resize(size.columns, size.rows);
  } else if (channel === CLOSE && bytes[0] === STDIN) {
    handlers.stdinEnd();
  }
}
