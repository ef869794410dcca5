import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import ipaddr from 'ipaddr.js';

type AddressRange = ReturnType<typeof ipaddr.parseCIDR>;

function parseAddress(text: string) {
  try {
    // `::ffff:10.0.0.1` is 10.0.0.1.
    return ipaddr.process(text.trim());
  } catch {
    return undefined;
  }
}

function parseRange(text: string): AddressRange {
  if (text.includes('/')) {
    return ipaddr.parseCIDR(text);
  }
  const address = ipaddr.process(text);
  return [address, address.kind() === 'ipv6' ? 128 : 32];
}

/** Tells from which address a request comes: the socket's, or what a trusted balancer says. */
export class ClientAddress {
  readonly #trusted: AddressRange[];
  readonly #announced: (socket: Socket) => string | undefined;
  /** Of connections without a balancer's word: the same for all their requests. */
  readonly #ofSocket = new WeakMap<Socket, string>();

  /**
   * @param announced - the address that a balancer told when it connected
   * @throws Error when an address or range is malformed
   */
  static fromTrustedProxies(
    trustedProxies: string[],
    announced: (socket: Socket) => string | undefined = () => undefined,
  ): ClientAddress {
    return new ClientAddress(trustedProxies.map(parseRange), announced);
  }

  private constructor(
    trusted: AddressRange[],
    announced: (socket: Socket) => string | undefined,
  ) {
    this.#trusted = trusted;
    this.#announced = announced;
  }

  /** Whether it is the address of a balancer whose word counts. */
  isTrusted(address: string): boolean {
    const parsed = parseAddress(address);
    return parsed !== undefined && this.#isTrusted(parsed);
  }

  of(request: IncomingMessage): string {
    if (request.headers['x-forwarded-for'] !== undefined) {
      return this.#of(request);
    }
    let address = this.#ofSocket.get(request.socket);
    if (address === undefined) {
      address = this.#of(request);
      this.#ofSocket.set(request.socket, address);
    }
    return address;
  }

  #of(request: IncomingMessage): string {
    const { socket } = request;
    const peer = this.#announced(socket) ?? socket.remoteAddress ?? '';
    const forwarded = [request.headers['x-forwarded-for'] ?? []].flat();
    // From the nearest hop outwards, as long as the one before is trusted.
    const hops = [peer];
    hops.push(
      ...forwarded
        .flatMap(value => value.split(','))
        .map(value => value.trim())
        .reverse(),
    );
    for (const [index, hop] of hops.entries()) {
      const address = parseAddress(hop);
      if (!address) {
        return parseAddress(hops[Math.max(0, index - 1)])?.toString() ?? peer;
      }
      if (index === hops.length - 1 || !this.#isTrusted(address)) {
        return address.toString();
      }
    }
    return peer;
  }

  #isTrusted(address: ReturnType<typeof ipaddr.process>): boolean {
    return this.#trusted.some(
      ([network, bits]) =>
        network.kind() === address.kind() && address.match([network, bits]),
    );
  }
}
