import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import { Backoff } from '../../delivery';
import type { Hello } from '../transport';
import type { AgentIdentity } from './AgentIdentity';
import { dialProxy, ProxyAddress } from './dialProxy';
import { KnownInstanceError, offerTunnel } from './offerTunnel';
import { ServedTunnel } from './ServedTunnel';
import type { TunnelLinks } from './TunnelLinks';

/** The longest pause between two attempts, in milliseconds. */
const MAX_PAUSE_MS = 10_000;
/** While a balancer hands out an instance that is connected already, the longest pause before the next try, in milliseconds. */
const MAX_REPEAT_PAUSE_MS = 5000;
/** How often an address that lacks nothing is looked at again, in milliseconds. */
const IDLE_MS = 30_000;

export type AddressLoopOptions = {
  address: ProxyAddress;
  identity: AgentIdentity;
  links: TunnelLinks;
  hello: () => Hello;
  serverOf: Parameters<typeof ServedTunnel.start>[0]['serverOf'];
  /** The agent's, and this address's own. */
  signal: AbortSignal;
  onFailure: (error: Error) => void;
  logger: Logger;
};

/** Keeps a tunnel to each instance of a proxy behind one address. */
export class AddressLoop {
  readonly #options: AddressLoopOptions;
  readonly #backoff = Backoff.create(Math.random, MAX_PAUSE_MS);
  readonly #repeats = Backoff.create(Math.random, MAX_REPEAT_PAUSE_MS);
  /** What the last handshake here, or a tunnel that began here, has named. */
  #instances: string[] = [];

  /** Resolves at the signal. */
  static async run(options: AddressLoopOptions): Promise<void> {
    await new AddressLoop(options).#run();
  }

  private constructor(options: AddressLoopOptions) {
    this.#options = options;
  }

  async #run(): Promise<void> {
    const { links, signal } = this.#options;
    while (!signal.aborted) {
      const isWhole =
        this.#instances.length > 0 &&
        this.#instances.every(instance => links.has(instance));
      if (isWhole) {
        this.#repeats.succeeded();
        await links.nextChange(IDLE_MS, signal);
      } else {
        const pauseMs = await this.#dial();
        await sleep(pauseMs, undefined, { signal }).catch(() => {});
      }
    }
  }

  /** @returns how long to wait then, in milliseconds */
  async #dial(): Promise<number> {
    const { address, links, identity, hello, signal } = this.#options;
    const { host } = new URL(address.proxy.url);
    const { generation } = links;
    let reserved: string | undefined;
    try {
      const socket = await dialProxy(address, signal);
      socket.on('error', () => {});
      try {
        const { instance, instances } = await offerTunnel(socket, {
          host,
          identity,
          hello: hello(),
          reserve: id => {
            const isNew = links.reserve(id);
            reserved = isNew ? id : undefined;
            return isNew;
          },
        });
        signal.throwIfAborted();
        this.#begin(instance, socket, generation);
        reserved = undefined;
        this.#instances = [...new Set([instance, ...instances])];
        this.#backoff.succeeded();
        return 0;
      } catch (error) {
        socket.destroy();
        throw error;
      }
    } catch (error) {
      if (signal.aborted) {
        return 0;
      }
      if (error instanceof KnownInstanceError) {
        this.#backoff.succeeded();
        return this.#repeats.failed();
      }
      this.#options.onFailure(error as Error);
      return this.#backoff.failed();
    } finally {
      if (reserved !== undefined) {
        links.free(reserved);
      }
    }
  }

  #begin(
    instance: string,
    socket: Parameters<typeof ServedTunnel.start>[0]['socket'],
    generation: number,
  ): void {
    const { address, links, serverOf, logger } = this.#options;
    const tunnel: ServedTunnel = ServedTunnel.start({
      socket,
      serverOf,
      onInstances: instances => {
        this.#instances = [...new Set([instance, ...instances])];
        links.changed();
      },
      onClosed: error => {
        logger.info({ instance, reason: error?.message }, 'a tunnel has ended');
        if (links.ended(instance, tunnel)) {
          // What it has named may have gone with it: the next handshake says.
          this.#instances = this.#instances.filter(id => id !== instance);
        }
      },
    });
    links.add(instance, { tunnel, proxyUrl: address.proxy.url, generation });
    logger.info({ instance }, 'a tunnel has begun');
  }
}
