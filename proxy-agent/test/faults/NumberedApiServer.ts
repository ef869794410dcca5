import {
  createServer,
  IncomingMessage,
  Server,
  ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { Dialect, SPDY, WEBSOCKET } from '../contract/dialects';
import { numberedOutput } from './numberedOutput';
import type { SeededRandom } from './SeededRandom';

/** Payload of one frame at the most, in bytes. */
const MAX_PAYLOAD_BYTES = 6000;
/** The pause between two writes of a session at the most, in milliseconds. */
const MAX_PAUSE_MS = 8;
/** How long an answer may take, in milliseconds. */
const MAX_LATENCY_MS = 15;
/** Lines of a watch, each after a pause. */
const WATCH_LINES = 5;

const MUTATING_METHODS = new Set(['POST', 'PUT', 'PATCH', 'DELETE']);

const pause = (milliseconds: number) =>
  new Promise(resolve => {
    setTimeout(resolve, milliseconds);
  });

/** Resolves when so many bytes came, or no more will; what follows is thrown away. */
async function received(socket: Duplex, bytes: number): Promise<void> {
  let missing = bytes;
  await new Promise<void>(resolve => {
    const look = () => missing <= 0 && resolve();
    socket.on('data', chunk => {
      missing -= chunk.length;
      look();
    });
    socket.once('close', () => resolve());
    look();
  });
}

/** The namespace in a path; each call of the suite has one of its own. */
function namespaceOf(url: string): string {
  return /\/namespaces\/([^/?]+)/.exec(url)?.[1] ?? '';
}

/**
 * An API server on a real socket outside the proxy's process. It notes which
 * mutating calls reached it, and its sessions print numbered output.
 */
export class NumberedApiServer {
  /** `Audit-ID`s of the mutating calls and sessions that came, by namespace. */
  readonly reached = new Map<string, Set<string>>();
  readonly #random: SeededRandom;
  readonly #server: Server;
  readonly #upgraded = new Set<Duplex>();

  static async start(random: SeededRandom): Promise<NumberedApiServer> {
    const api = new NumberedApiServer(random);
    await new Promise<void>(resolve => {
      api.#server.listen(0, '127.0.0.1', resolve);
    });
    return api;
  }

  private constructor(random: SeededRandom) {
    this.#random = random;
    this.#server = createServer((request, response) => {
      // A proxy that is killed leaves its calls in the middle.
      request.on('error', () => response.destroy());
      this.#answer(request, response).catch(() => response.destroy());
    });
    this.#server.on('upgrade', (request, socket) => {
      this.#upgraded.add(socket);
      socket.once('close', () => this.#upgraded.delete(socket));
      socket.on('error', () => socket.destroy());
      socket.on('end', () => socket.end());
      this.#upgrade(request, socket).catch(() => socket.destroy());
    });
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    this.#upgraded.forEach(socket => socket.destroy());
    await new Promise(resolve => {
      this.#server.close(resolve);
    });
  }

  #note(request: IncomingMessage): void {
    const namespace = namespaceOf(request.url ?? '');
    const ids = this.reached.get(namespace) ?? new Set();
    this.reached.set(namespace, ids.add(`${request.headers['audit-id']}`));
  }

  async #answer(
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> {
    const { method = 'GET', url = '' } = request;
    if (MUTATING_METHODS.has(method)) {
      this.#note(request);
    }
    request.resume();
    await pause(this.#random.between(0, MAX_LATENCY_MS));
    response.setHeader('content-type', 'application/json');
    if (url.includes('watch=true')) {
      for (let line = 0; line < WATCH_LINES && !response.destroyed; line++) {
        response.write(`{"type":"ADDED","object":{"line":${line}}}\n`);
        await pause(this.#random.between(0, 10 * MAX_LATENCY_MS));
      }
      response.end();
    } else if (url.includes('/missing')) {
      response.statusCode = 404;
      response.end(
        '{"kind":"Status","status":"Failure","message":"pods \\"missing\\" not found"}',
      );
    } else {
      response.statusCode = method === 'POST' ? 201 : 200;
      response.end('{"kind":"Pod","metadata":{"name":"web"}}');
    }
  }

  async #upgrade(request: IncomingMessage, socket: Duplex): Promise<void> {
    this.#note(request);
    if (request.url?.includes('/missing')) {
      socket.end(
        'HTTP/1.1 404 Not Found\r\ncontent-type: text/plain\r\ncontent-length: 7\r\n\r\nno pod\n',
      );
      return;
    }
    const dialect = request.headers.upgrade === 'websocket' ? WEBSOCKET : SPDY;
    socket.write(dialect.answer);
    await received(socket, dialect.opening.client.length);
    socket.write(dialect.opening.server);
    const [total, then] = new URL(
      request.url ?? '',
      this.url,
    ).searchParams.getAll('command');
    await this.#print(socket, dialect, Number(total));
    if (then !== 'wait') {
      socket.end(dialect.end);
    }
  }

  /** Prints so many bytes, in frames of any size, written in pieces of any size. */
  async #print(socket: Duplex, dialect: Dialect, total: number): Promise<void> {
    const random = this.#random;
    let rest: Buffer = Buffer.alloc(0);
    let printed = 0;
    while ((printed < total || rest.length > 0) && !socket.destroyed) {
      if (rest.length === 0) {
        const length = Math.min(
          random.between(1, MAX_PAYLOAD_BYTES),
          total - printed,
        );
        rest = dialect.output(
          numberedOutput(printed, length).toString('latin1'),
        );
        printed += length;
      }
      const size = random.between(1, rest.length);
      if (!socket.write(rest.subarray(0, size))) {
        await new Promise(resolve => {
          socket.once('drain', resolve).once('close', resolve);
        });
      }
      rest = rest.subarray(size);
      await pause(random.between(0, MAX_PAUSE_MS));
    }
  }
}
