import { AddressInfo, createConnection, createServer, Socket } from 'node:net';

/** How late an answer of a slow portal comes, in milliseconds. */
const SLOW_MS = 400;

const SERVER_ERROR =
  'HTTP/1.1 503 Service Unavailable\r\ncontent-length: 2\r\nconnection: close\r\n\r\n{}';

/** What may be wrong between a proxy and its portal. */
export type PortalFault =
  /** Nobody listens. */
  | 'refused'
  /** Connections are taken and nothing is ever answered. */
  | 'hanging'
  /** A balancer in front answers with 503. */
  | 'error'
  /** The portal does what it is asked, and its answer never arrives. */
  | 'answer lost'
  /** Answers come late. */
  | 'slow';

/** A relay in front of a portal, at an address that stays, that breaks as it is told. */
export class PortalGate {
  readonly #portalPort: number;
  readonly #sockets = new Set<Socket>();
  readonly #server = createServer(client => this.#relay(client));
  #port = 0;
  #fault: PortalFault | undefined;

  static async start(portalUrl: string): Promise<PortalGate> {
    const gate = new PortalGate(Number(new URL(portalUrl).port));
    await gate.#listen(0);
    gate.#port = (gate.#server.address() as AddressInfo).port;
    return gate;
  }

  private constructor(portalPort: number) {
    this.#portalPort = portalPort;
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  /** From now on this is wrong, or all is well; connections from before are cut. */
  async set(fault: PortalFault | undefined): Promise<void> {
    if (fault === this.#fault) {
      return;
    }
    const was = this.#fault;
    this.#fault = fault;
    this.#cut();
    if (fault === 'refused') {
      await this.#close();
    } else if (was === 'refused') {
      await this.#listen(this.#port);
    }
  }

  async stop(): Promise<void> {
    this.#cut();
    if (this.#fault !== 'refused') {
      await this.#close();
    }
  }

  #cut(): void {
    this.#sockets.forEach(socket => socket.destroy());
  }

  async #listen(port: number): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(port, '127.0.0.1', () => {
        this.#server.off('error', reject);
        resolve();
      });
    });
  }

  async #close(): Promise<void> {
    await new Promise(resolve => {
      this.#server.close(resolve);
    });
  }

  #keep(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on('error', () => socket.destroy());
    socket.once('close', () => this.#sockets.delete(socket));
  }

  #relay(client: Socket): void {
    const fault = this.#fault;
    this.#keep(client);
    if (fault === 'hanging') {
      client.resume();
      return;
    }
    if (fault === 'error') {
      client.once('data', () => client.end(SERVER_ERROR));
      return;
    }
    const portal = createConnection(this.#portalPort, '127.0.0.1');
    this.#keep(portal);
    client.once('close', () => portal.destroy());
    portal.once('close', () => client.destroy());
    client.on('data', chunk => portal.write(chunk));
    portal.on('data', chunk => {
      if (fault === 'answer lost') {
        client.destroy();
      } else if (fault === 'slow') {
        setTimeout(() => client.destroyed || client.write(chunk), SLOW_MS);
      } else {
        client.write(chunk);
      }
    });
  }
}
