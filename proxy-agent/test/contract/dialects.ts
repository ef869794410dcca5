import {
  createRemoteCommandTap,
  encodeSpdyData,
  encodeSpdyGoAway,
  encodeSpdySynReply,
  encodeSpdySynStream,
  encodeWebSocketFrame,
  RemoteCommandEvent,
  RemoteCommandTap,
  SpdyHeaderEncoder,
  WebSocketOpcode,
} from '../../src/protocol';

/** How one transport of a session is spoken. */
export type Dialect = {
  request: [method: string, headers: string[]];
  answer: string;
  /** What client and API server say first. */
  opening: { client: Buffer; server: Buffer };
  output(text: string): Buffer;
  /** Reads what the API server sends, behind the opening of the client. */
  tap(): RemoteCommandTap;
  /** Everything that the user would be shown, and how it ended. */
  read(bytes: Buffer): RemoteCommandEvent[];
  /** Bytes of the API server that no client understands. */
  nonsense: Buffer;
  end: Buffer;
};

const webSocketTap = () =>
  createRemoteCommandTap({
    transport: 'websocket',
    subprotocol: 'v5.channel.k8s.io',
  });

const webSocketMessage = (channel: number, text: string) =>
  encodeWebSocketFrame({
    opcode: WebSocketOpcode.binary,
    payload: Buffer.from(`${String.fromCharCode(channel)}${text}`),
  });

/** `v5.channel.k8s.io` with stdout and error. */
export const WEBSOCKET: Dialect = {
  request: [
    'GET',
    [
      'Connection: Upgrade',
      'Upgrade: websocket',
      'Sec-WebSocket-Version: 13',
      'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
      'Sec-WebSocket-Protocol: v5.channel.k8s.io',
    ],
  ],
  answer:
    'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Protocol: v5.channel.k8s.io\r\n\r\n',
  opening: { client: Buffer.alloc(0), server: webSocketMessage(1, '') },
  output: text => webSocketMessage(1, text),
  tap: webSocketTap,
  read: bytes => webSocketTap().pushFromServer(bytes),
  // A reserved opcode.
  nonsense: Buffer.from([0x83, 0x00]),
  end: Buffer.concat([
    webSocketMessage(3, '{"status":"Success"}'),
    Buffer.from('880203e8', 'hex'),
  ]),
};

const ERROR_STREAM = 1;
const STDOUT_STREAM = 3;

const spdyOpening = (() => {
  const client = SpdyHeaderEncoder.create();
  const server = SpdyHeaderEncoder.create();
  return {
    client: Buffer.concat(
      [
        [ERROR_STREAM, 'error'] as const,
        [STDOUT_STREAM, 'stdout'] as const,
      ].map(([id, type]) =>
        encodeSpdySynStream(id, client.encode([['streamtype', type]])),
      ),
    ),
    server: Buffer.concat(
      [ERROR_STREAM, STDOUT_STREAM].map(id =>
        encodeSpdySynReply(id, server.encode([])),
      ),
    ),
  };
})();

const spdyTap = () => {
  const tap = createRemoteCommandTap({
    transport: 'spdy',
    subprotocol: 'v4.channel.k8s.io',
  });
  tap.pushFromClient(spdyOpening.client);
  return tap;
};

/** `v4.channel.k8s.io` with the streams error and stdout. */
export const SPDY: Dialect = {
  request: [
    'POST',
    [
      'Connection: Upgrade',
      'Upgrade: SPDY/3.1',
      'Content-Length: 0',
      'X-Stream-Protocol-Version: v4.channel.k8s.io',
    ],
  ],
  answer:
    'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: SPDY/3.1\r\nX-Stream-Protocol-Version: v4.channel.k8s.io\r\n\r\n',
  opening: spdyOpening,
  output: text => encodeSpdyData(STDOUT_STREAM, Buffer.from(text)),
  tap: spdyTap,
  read: bytes => spdyTap().pushFromServer(bytes),
  // A PING of another length.
  nonsense: Buffer.from('800300060000000500000000', 'hex'),
  end: Buffer.concat([
    encodeSpdyData(ERROR_STREAM, Buffer.from('{"status":"Success"}'), {
      fin: true,
    }),
    encodeSpdyGoAway(STDOUT_STREAM),
  ]),
};
