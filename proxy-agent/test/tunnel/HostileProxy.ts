import { randomUUID } from 'node:crypto';
import { createServer, Server } from 'node:http';
import { ClientHttp2Session, connect } from 'node:http2';
import { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import {
  INSTANCE_HEADER,
  newNonce,
  NONCE_HEADER,
  readLine,
  tellVerdict,
  Verdict,
} from './tunnelInternals';

/** A proxy in the hands of somebody else, as a tunnel agent sees it. */
export class HostileProxy {
  /** What it does with a connection instead of speaking HTTP/2 on it. */
  onTunnel: ((socket: Duplex) => void) | undefined;
  /** The lines that agents have sent, with what they were to sign. */
  readonly hellos: { line: string; agentNonce: string; proxyNonce: string }[] =
    [];
  readonly instance = randomUUID();
  verdict: Verdict & Record<string, unknown> = { accepted: true };
  readonly #server: Server;
  readonly #sockets = new Set<Duplex>();
  #session: ClientHttp2Session | undefined;

  static async start(): Promise<HostileProxy> {
    const proxy = new HostileProxy();
    await new Promise<void>(resolve => {
      proxy.#server.listen(0, '127.0.0.1', resolve);
    });
    return proxy;
  }

  private constructor() {
    this.#server = createServer();
    this.#server.on('upgrade', async (request, socket: Socket) => {
      this.#sockets.add(socket.on('error', () => {}));
      const proxyNonce = newNonce();
      socket.write(
        `HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: kubernetes-audit-tunnel\r\n${NONCE_HEADER}: ${proxyNonce}\r\n${INSTANCE_HEADER}: ${this.instance}\r\n\r\n`,
      );
      const line = await readLine(socket, {
        maxBytes: 100_000,
        timeoutMs: 5000,
      });
      const agentNonce = `${request.headers[NONCE_HEADER]}`;
      this.hellos.push({ line, agentNonce, proxyNonce });
      await tellVerdict(socket, this.verdict);
      if (this.onTunnel) {
        this.onTunnel(socket);
        return;
      }
      this.#session = connect('http://agent', {
        createConnection: () => socket,
      });
      this.#session.on('error', () => {});
    });
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  get isConnected(): boolean {
    return this.#session !== undefined;
  }

  /** Tells or asks something else than for a stream; @returns the status of the agent's answer, 0 without one */
  async post(path: string, body: string): Promise<number> {
    const stream = this.#session?.request({ ':method': 'POST', ':path': path });
    if (!stream) {
      throw new Error('no agent has come');
    }
    stream.on('error', () => {}).resume();
    const status = new Promise<number>(resolve => {
      stream.once('response', headers => resolve(headers[':status'] ?? 0));
      stream.once('close', () => resolve(0));
    });
    stream.end(body);
    return await status;
  }

  /** Opens a stream, and says what the agent answers to these bytes of HTTP/1.1. */
  async ask(
    clusterName: string,
    bytes: string,
  ): Promise<{ status: number; text: string }> {
    const stream = this.#session?.request(
      { ':method': 'CONNECT', ':authority': clusterName },
      { endStream: false },
    );
    if (!stream) {
      throw new Error('no agent has come');
    }
    stream.on('error', () => {});
    const chunks: Buffer[] = [];
    stream.on('data', chunk => chunks.push(chunk));
    const status = await new Promise<number>(resolve => {
      stream.once('response', headers => resolve(headers[':status'] ?? 0));
    });
    stream.write(bytes);
    if (status === 200) {
      await new Promise(resolve => {
        stream.once('end', resolve);
      });
    }
    return { status, text: Buffer.concat(chunks).toString() };
  }

  async stop(): Promise<void> {
    this.#session?.destroy();
    this.#sockets.forEach(socket => socket.destroy());
    this.#server.closeAllConnections();
    await new Promise(resolve => {
      this.#server.close(resolve);
    });
  }
}
