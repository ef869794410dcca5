import { createServer, Socket } from 'node:net';
import { createServer as createTlsServer, TlsOptions } from 'node:tls';
import { once } from 'node:events';
import { BODIES, HUGE_BYTES, PATHS, WATCH_EVENTS } from './scenarios';

const HEAD_END = Buffer.from('\r\n\r\n');
/** One piece of a huge body, in bytes. */
const PIECE_BYTES = 64 * 1024;

const HEADERS = [
  'Audit-Id: 4f6e1a1c-6f7c-4b43-9c39-2f6d1f6e3a51',
  'Cache-Control: no-cache, private',
  'Content-Type: application/json',
  'X-Kubernetes-Pf-Flowschema-Uid: 7f5d3c1e-92c4-4f5e-9d0a-0b1f3f3c8a11',
  'X-Kubernetes-Pf-Prioritylevel-Uid: 1d2c3b4a-5e6f-4a7b-8c9d-0e1f2a3b4c5d',
  'Date: Thu, 20 Nov 2025 10:00:00 GMT',
];

const head = (status: string, ...more: string[]) =>
  [`HTTP/1.1 ${status}`, ...HEADERS, ...more, '\r\n'].join('\r\n');
const withLength = (status: string, body: string) =>
  Buffer.from(`${head(status, `Content-Length: ${body.length}`)}${body}`);
const httpChunk = (text: string) =>
  `${text.length.toString(16)}\r\n${text}\r\n`;
const chunked = (...chunks: string[]) =>
  Buffer.from(
    `${head('200 OK', 'Transfer-Encoding: chunked')}${chunks
      .map(httpChunk)
      .join('')}`,
  );
const LAST_CHUNK = Buffer.from('0\r\n\r\n');

/** A huge body, no faster than it is taken. */
async function sendHuge(socket: Socket): Promise<void> {
  const piece = Buffer.alloc(PIECE_BYTES, 'x');
  const closed = once(socket, 'close');
  socket.write(head('200 OK', `Content-Length: ${HUGE_BYTES}`));
  for (let sent = 0; sent < HUGE_BYTES; sent += PIECE_BYTES) {
    if (socket.destroyed) {
      return;
    }
    if (!socket.write(piece)) {
      const drained = new Promise(resolve => {
        socket.once('drain', resolve);
      });
      await Promise.race([drained, closed]);
    }
  }
}

/**
 * Answers as an API server does, from memory and with as little work as can
 * be: it must not be what is measured. A list is one chunk, as Go sends it,
 * and each event of a watch is one.
 */
export class StandInApiServer {
  /** @param tls - plain HTTP without */
  static async listen(port: number, tls?: TlsOptions): Promise<void> {
    const api = new StandInApiServer();
    const serve = (socket: Socket) => api.#serve(socket);
    const server = tls
      ? createTlsServer({ ...tls, noDelay: true }, serve)
      : createServer({ noDelay: true }, serve);
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
  }

  readonly #answers: Map<string, (socket: Socket) => void>;

  private constructor() {
    const answer = (bytes: Buffer) => (socket: Socket) => {
      socket.write(bytes);
    };
    const events = Array<string>(WATCH_EVENTS).fill(BODIES.event());
    this.#answers = new Map([
      [`GET ${PATHS.pod}`, answer(withLength('200 OK', BODIES.pod()))],
      [
        `GET ${PATHS.list}`,
        answer(Buffer.concat([chunked(BODIES.list()), LAST_CHUNK])),
      ],
      [
        `GET ${PATHS.watch}`,
        answer(Buffer.concat([chunked(...events), LAST_CHUNK])),
      ],
      [`GET ${PATHS.idleWatch}`, answer(chunked(BODIES.event()))],
      [
        `POST ${PATHS.create}`,
        answer(withLength('201 Created', BODIES.event())),
      ],
      [`PUT ${PATHS.hugeUpload}`, answer(withLength('200 OK', BODIES.event()))],
      [`GET ${PATHS.hugeDownload}`, sendHuge],
    ]);
  }

  #serve(socket: Socket): void {
    let pending = Buffer.alloc(0);
    /** Bytes of a request's body that are still to come; undefined in a head. */
    let remaining: number | undefined;
    let reply: ((socket: Socket) => void) | undefined;

    socket.on('error', () => socket.destroy());
    socket.on('data', received => {
      let chunk = received;
      if (remaining === undefined) {
        chunk = pending.length > 0 ? Buffer.concat([pending, chunk]) : chunk;
        const end = chunk.indexOf(HEAD_END);
        if (end === -1) {
          pending = chunk;
          return;
        }
        pending = Buffer.alloc(0);
        const text = chunk.toString('latin1', 0, end + 2);
        reply = this.#answers.get(text.slice(0, text.indexOf(' HTTP/1.1')));
        if (!reply) {
          socket.end(withLength('404 Not Found', text));
          return;
        }
        if (text.startsWith('GET')) {
          reply(socket);
          return;
        }
        if (/\r\ntransfer-encoding:/i.test(text)) {
          socket.end(withLength('411 Length Required', ''));
          return;
        }
        remaining = Number(/\r\ncontent-length: *(\d+)/i.exec(text)?.[1] ?? 0);
        chunk = chunk.subarray(end + HEAD_END.length);
      }
      remaining -= chunk.length;
      if (remaining <= 0) {
        remaining = undefined;
        reply?.(socket);
      }
    });
  }
}
