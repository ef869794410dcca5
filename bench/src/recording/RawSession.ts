import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { connect, Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
// The codecs belong to the agent, which exports none of them.
// eslint-disable-next-line @backstage/no-relative-monorepo-imports
import {
  encodeSpdyData,
  encodeSpdySynStream,
  encodeWebSocketFrame,
  SpdyHeaderEncoder,
  WebSocketOpcode,
} from '../../../proxy-agent/src/protocol';
import type { SessionTransport } from './sessionCommands';
import { SPDY_STREAMS } from './SessionServer';

const HEAD_END = Buffer.from('\r\n\r\n');

/** Where a session goes, and with whose credential. */
export type SessionTarget = {
  port: number;
  path: string;
  credential: string;
  /** The certificate to trust, PEM; plain HTTP without. */
  certificate?: string;
};

function requestHead(
  { port, path, credential }: SessionTarget,
  transport: SessionTransport,
): string {
  const more =
    transport === 'spdy'
      ? [
          'Upgrade: SPDY/3.1',
          'X-Stream-Protocol-Version: v4.channel.k8s.io',
          'Content-Length: 0',
        ]
      : [
          'Upgrade: websocket',
          `Sec-WebSocket-Key: ${randomBytes(16).toString('base64')}`,
          'Sec-WebSocket-Version: 13',
          'Sec-WebSocket-Protocol: v5.channel.k8s.io',
        ];
  return [
    `${transport === 'spdy' ? 'POST' : 'GET'} ${path} HTTP/1.1`,
    `Host: 127.0.0.1:${port}`,
    'Connection: Upgrade',
    `Authorization: Bearer ${credential}`,
    ...more,
    '\r\n',
  ].join('\r\n');
}

/** What a SPDY client opens a session with. */
function openStreams(): Buffer {
  const headers = SpdyHeaderEncoder.create();
  return Buffer.concat(
    Object.entries(SPDY_STREAMS).map(([type, id]) =>
      encodeSpdySynStream(id, headers.encode([['streamtype', type]])),
    ),
  );
}

/** One session over plain HTTP, of which the client reads just as much as it must. */
export class RawSession {
  readonly #socket: Socket;
  readonly #transport: SessionTransport;
  #received = 0;
  #onBytes: ((received: number) => void) | undefined;

  static async open(
    target: SessionTarget,
    transport: SessionTransport,
  ): Promise<RawSession> {
    const { port, certificate } = target;
    const socket = certificate
      ? connectTls({ host: '127.0.0.1', port, ca: certificate })
      : connect(port, '127.0.0.1');
    await once(socket, certificate ? 'secureConnect' : 'connect');
    socket.setNoDelay(true);
    socket.write(requestHead(target, transport));
    const rest = await readHead(socket);
    const session = new RawSession(socket, transport, rest.length);
    if (transport === 'spdy') {
      socket.write(openStreams());
    }
    return session;
  }

  private constructor(
    socket: Socket,
    transport: SessionTransport,
    received: number,
  ) {
    this.#socket = socket;
    this.#transport = transport;
    this.#received = received;
    socket.on('data', chunk => {
      this.#received += chunk.length;
      this.#onBytes?.(this.#received);
    });
  }

  /** Types something. */
  type(text: Buffer): void {
    this.#socket.write(
      this.#transport === 'spdy'
        ? encodeSpdyData(SPDY_STREAMS.stdin, text)
        : encodeWebSocketFrame({
            opcode: WebSocketOpcode.binary,
            payload: Buffer.concat([Buffer.of(0), text]),
            maskKey: Buffer.of(1, 2, 3, 4),
          }),
    );
  }

  /** Types something; resolves when anything comes back. */
  async typeAndWait(text: Buffer): Promise<void> {
    await new Promise<void>(resolve => {
      this.#onBytes = () => resolve();
      this.type(text);
    });
  }

  /**
   * Takes what comes until the server ends the session.
   *
   * @param onBytes - told how many bytes have come, again and again
   * @returns how many bytes came
   */
  async drain(onBytes?: (received: number) => void): Promise<number> {
    this.#onBytes = onBytes;
    await once(this.#socket, 'end');
    this.#socket.destroy();
    return this.#received;
  }

  close(): void {
    this.#socket.destroy();
  }
}

/** @returns what came behind the head */
async function readHead(socket: Socket): Promise<Buffer> {
  let bytes = Buffer.alloc(0);
  for (;;) {
    const [chunk] = await once(socket, 'data');
    bytes = Buffer.concat([bytes, chunk]);
    const end = bytes.indexOf(HEAD_END);
    if (end !== -1) {
      if (!bytes.subarray(0, 12).equals(Buffer.from('HTTP/1.1 101'))) {
        throw new Error(`no session: ${bytes}`);
      }
      return bytes.subarray(end + HEAD_END.length);
    }
  }
}
