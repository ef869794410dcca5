import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, IncomingMessage, RequestListener } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { Duplex } from 'node:stream';
import type { TlsOptions } from 'node:tls';
// The codecs belong to the agent, which exports none of them.
// eslint-disable-next-line @backstage/no-relative-monorepo-imports
import {
  closePayload,
  encodeSpdyData,
  encodeSpdyGoAway,
  encodeSpdySynReply,
  encodeWebSocketFrame,
  SpdyDecoder,
  SpdyHeaderEncoder,
  WEBSOCKET_CLOSE_NORMAL,
  WebSocketDecoder,
  WebSocketOpcode,
} from '../../../proxy-agent/src/protocol';
import { FLOOD_FRAME_BYTES } from './sessionCommands';
import { terminalText } from './terminalText';

const WEBSOCKET_GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';
/** What a flood is made of, in bytes; then it begins again. */
const TEXT_BYTES = 8 * 1024 * 1024;
const TEXT_SEED = 1;
/** Frames that are handed to the socket at once. */
const FRAMES_AT_ONCE = 8;
const STDIN = 0;
const STDOUT = 1;
const ERROR = 3;
const SUCCESS = Buffer.from('{"metadata":{},"status":"Success"}');

/** How output becomes bytes on the wire. */
type Carrier = {
  output: (data: Uint8Array) => Buffer;
  end: () => Buffer;
};

const message = (channel: number, data: Uint8Array) =>
  encodeWebSocketFrame({
    opcode: WebSocketOpcode.binary,
    payload: Buffer.concat([Buffer.of(channel), data]),
  });

const WEBSOCKET: Carrier = {
  output: data => message(STDOUT, data),
  end: () =>
    Buffer.concat([
      message(ERROR, SUCCESS),
      encodeWebSocketFrame({
        opcode: WebSocketOpcode.close,
        payload: closePayload(WEBSOCKET_CLOSE_NORMAL),
      }),
    ]),
};

/** Of a SPDY session; the client opens them in this order. */
export const SPDY_STREAMS = { error: 1, stdin: 3, stdout: 5 };

const SPDY: Carrier = {
  output: data => encodeSpdyData(SPDY_STREAMS.stdout, data),
  end: () =>
    Buffer.concat([
      encodeSpdyData(SPDY_STREAMS.stdout, Buffer.alloc(0), { fin: true }),
      encodeSpdyData(SPDY_STREAMS.error, SUCCESS, { fin: true }),
      encodeSpdyGoAway(SPDY_STREAMS.stdout),
    ]),
};

/** A text as frames, several of them in each piece. */
function piecesOf(carrier: Carrier): Buffer[] {
  const text = terminalText(TEXT_BYTES, TEXT_SEED);
  const pieceBytes = FLOOD_FRAME_BYTES * FRAMES_AT_ONCE;
  return Array.from({ length: TEXT_BYTES / pieceBytes }, (_, piece) =>
    Buffer.concat(
      Array.from({ length: FRAMES_AT_ONCE }, (__, frame) => {
        const start = piece * pieceBytes + frame * FLOOD_FRAME_BYTES;
        return carrier.output(text.subarray(start, start + FLOOD_FRAME_BYTES));
      }),
    ),
  );
}

/**
 * An API server whose only resource are sessions: `flood` sends a text as fast
 * as it is taken, `echo` sends back what it gets. It does no more work than it
 * must: it is not what is measured.
 */
export class SessionServer {
  readonly #pieces = new Map(
    [WEBSOCKET, SPDY].map(carrier => [carrier, piecesOf(carrier)]),
  );

  /** @param tls - plain HTTP without */
  static async listen(port: number, tls?: TlsOptions): Promise<void> {
    const sessions = new SessionServer();
    const refuse: RequestListener = (_, response) => {
      response.writeHead(404).end();
    };
    const server = tls ? createTlsServer(tls, refuse) : createServer(refuse);
    server.on('upgrade', (request, socket) =>
      sessions.#upgrade(request, socket),
    );
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
  }

  private constructor() {}

  #upgrade(request: IncomingMessage, socket: Duplex): void {
    if ('setNoDelay' in socket && typeof socket.setNoDelay === 'function') {
      socket.setNoDelay(true);
    }
    socket.on('error', () => socket.destroy());
    const [program, argument] = new URL(
      `http://pods${request.url}`,
    ).searchParams.getAll('command');
    const run = (carrier: Carrier) => {
      if (program === 'flood') {
        this.#flood(carrier, socket, Number(argument));
      }
    };
    const isSpdy = /^spdy/i.test(request.headers.upgrade ?? '');
    if (isSpdy) {
      this.#serveSpdy(socket, () => run(SPDY));
    } else {
      this.#serveWebSocket(request, socket);
      run(WEBSOCKET);
    }
  }

  #serveWebSocket(request: IncomingMessage, socket: Duplex): void {
    const accept = createHash('sha1')
      .update(`${request.headers['sec-websocket-key']}${WEBSOCKET_GUID}`)
      .digest('base64');
    const [protocol] = `${request.headers['sec-websocket-protocol']}`.split(
      ',',
    );
    socket.write(
      `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n` +
        `Sec-WebSocket-Accept: ${accept}\r\nSec-WebSocket-Protocol: ${protocol}\r\n\r\n`,
    );
    let channel: number | undefined;
    const decoder = WebSocketDecoder.create({
      masked: true,
      sink: {
        onDataFrame: () => {},
        onPayload: payload => {
          let data = payload;
          if (channel === undefined) {
            [channel] = payload;
            data = payload.subarray(1);
          }
          if (channel === STDIN && data.length > 0) {
            socket.write(WEBSOCKET.output(data));
          }
        },
        onMessageEnd: () => {
          channel = undefined;
        },
        onControl: opcode => {
          if (opcode === WebSocketOpcode.close) {
            socket.end();
          }
        },
      },
    });
    socket.on('data', chunk => decoder.push(chunk));
  }

  #serveSpdy(socket: Duplex, run: () => void): void {
    socket.write(
      'HTTP/1.1 101 Switching Protocols\r\nUpgrade: SPDY/3.1\r\nConnection: Upgrade\r\n' +
        'X-Stream-Protocol-Version: v4.channel.k8s.io\r\n\r\n',
    );
    const headers = SpdyHeaderEncoder.create();
    const decoder = SpdyDecoder.create(frame => {
      if (frame.type === 'synStream') {
        socket.write(encodeSpdySynReply(frame.streamId, headers.encode([])));
        if (frame.streamId === SPDY_STREAMS.stdout) {
          run();
        }
      } else if (
        frame.type === 'data' &&
        frame.streamId === SPDY_STREAMS.stdin
      ) {
        socket.write(SPDY.output(frame.data));
      } else if (frame.type === 'goAway') {
        socket.end();
      }
    });
    socket.on('data', chunk => decoder.push(chunk));
  }

  #flood(carrier: Carrier, socket: Duplex, bytes: number): void {
    const pieces = this.#pieces.get(carrier) ?? [];
    const pieceBytes = FLOOD_FRAME_BYTES * FRAMES_AT_ONCE;
    let sent = 0;
    const send = () => {
      while (sent < bytes && !socket.destroyed) {
        const piece = pieces[(sent / pieceBytes) % pieces.length];
        sent += pieceBytes;
        if (!socket.write(piece)) {
          socket.once('drain', send);
          return;
        }
      }
      socket.end(carrier.end());
    };
    send();
  }
}
