import { AddressInfo, connect, createServer, Server, Socket } from 'node:net';

/** A TCP balancer that hands connections out in turn, and can lose them silently. */
export class Balancer {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  /** How long what passes is under way, in milliseconds; may only grow. */
  delayMs = 0;
  #isDeaf = false;
  #next = 0;

  static async start(ports: number[], host = '127.0.0.1'): Promise<Balancer> {
    const balancer = new Balancer(ports);
    await new Promise<void>(resolve => {
      balancer.#server.listen(0, host, resolve);
    });
    return balancer;
  }

  private constructor(ports: number[]) {
    this.#server = createServer(client => {
      const upstream = connect({
        host: '127.0.0.1',
        port: ports[this.#next++ % ports.length],
      });
      this.#join(client, upstream);
      this.#join(upstream, client);
    });
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** From now on nothing comes through, and nobody is told. */
  loseEverything(): void {
    this.#isDeaf = true;
  }

  /** Breaks one of the connections. */
  breakOne(): void {
    const [socket] = this.#sockets;
    socket?.destroy();
  }

  async stop(): Promise<void> {
    this.#sockets.forEach(socket => socket.destroy());
    await new Promise(resolve => {
      this.#server.close(resolve);
    });
  }

  #join(from: Socket, to: Socket): void {
    this.#sockets.add(from);
    from.on('error', () => {});
    from.on('data', chunk => {
      if (this.delayMs > 0) {
        setTimeout(() => to.write(chunk), this.delayMs);
      } else if (!this.#isDeaf) {
        to.write(chunk);
      }
    });
    from.on('close', () => {
      this.#sockets.delete(from);
      if (!this.#isDeaf) {
        to.destroy();
      }
    });
  }
}
