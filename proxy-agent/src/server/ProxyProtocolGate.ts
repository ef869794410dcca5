import type { Server, Socket } from 'node:net';
import { parseProxyHeader } from '../protocol';

/** How long a balancer may take to send its header, in milliseconds: it has all of it when it connects. */
const HEADER_TIMEOUT_MS = 5000;

type GateOptions = {
  /** Whether the word of a balancer at this address counts. */
  isTrusted: (address: string) => boolean;
  headerTimeoutMs?: number;
};

/** The same for a connection and for the TLS on it; no two open connections share it. */
const nameOf = (socket: Socket) =>
  [
    socket.remoteAddress,
    socket.remotePort,
    socket.localAddress,
    socket.localPort,
  ].join(' ');

/**
 * Stands before a server, with TLS or without: lets in connections that begin
 * with a balancer's PROXY protocol header, and remembers from where they come.
 */
export class ProxyProtocolGate {
  readonly #isTrusted: (address: string) => boolean;
  readonly #headerTimeoutMs: number;
  readonly #sources = new Map<string, string>();

  /** From now on the listeners that the server has for connections get those alone that were let in. */
  static before(server: Server, options: GateOptions): ProxyProtocolGate {
    const gate = new ProxyProtocolGate(options);
    const listeners = server.listeners('connection');
    server.removeAllListeners('connection');
    server.on('connection', (socket: Socket) =>
      gate.#receive(socket, () =>
        listeners.forEach(listener =>
          Reflect.apply(listener, server, [socket]),
        ),
      ),
    );
    return gate;
  }

  private constructor(options: GateOptions) {
    this.#isTrusted = options.isTrusted;
    this.#headerTimeoutMs = options.headerTimeoutMs ?? HEADER_TIMEOUT_MS;
  }

  /** The client's address, where a balancer has told it. */
  sourceOf(socket: Socket): string | undefined {
    return this.#sources.get(nameOf(socket));
  }

  #receive(socket: Socket, letIn: () => void): void {
    if (!this.#isTrusted(socket.remoteAddress ?? '')) {
      socket.destroy();
      return;
    }
    let bytes = Buffer.alloc(0);
    const refuse = () => socket.destroy();
    const timer = setTimeout(refuse, this.#headerTimeoutMs);
    const settle = () => {
      clearTimeout(timer);
      socket
        .off('readable', read)
        .off('end', refuse)
        .off('error', refuse)
        .off('close', settle);
    };
    const read = () => {
      for (let chunk = socket.read(); chunk; chunk = socket.read()) {
        bytes = Buffer.concat([bytes, chunk]);
      }
      const header = parseProxyHeader(bytes);
      if (header.state === 'invalid') {
        refuse();
      } else if (header.state === 'complete') {
        settle();
        this.#remember(socket, header.source);
        if (bytes.length > header.length) {
          socket.unshift(bytes.subarray(header.length));
        }
        letIn();
      }
    };
    socket
      .on('readable', read)
      .on('end', refuse)
      .on('error', refuse)
      .on('close', settle);
  }

  #remember(socket: Socket, source: string | undefined): void {
    if (source !== undefined) {
      const name = nameOf(socket);
      this.#sources.set(name, source);
      socket.once('close', () => this.#sources.delete(name));
    }
  }
}
