import { isDeepStrictEqual } from 'node:util';
import type { Logger } from 'pino';
import { Backoff } from '../../delivery';
import type { Hello } from '../transport';
import type { AgentIdentity } from './AgentIdentity';
import type { ProxyAddress } from './dialProxy';
import { KnownInstanceError } from './offerTunnel';
import { pause } from './pause';
import { ReachedProxy, reachProxy } from './reachProxy';
import { RedialPace } from './RedialPace';
import { ServedTunnel } from './ServedTunnel';
import type { LinkedTunnel, TunnelLinks } from './TunnelLinks';

/** The longest pause between two attempts, in milliseconds. */
const MAX_PAUSE_MS = 10_000;
/**
 * A tunnel that is lost sooner, in milliseconds, counts as a failed attempt:
 * two agents with one key, of which each takes the other's place, would do
 * nothing else.
 */
const SHORT_LIFE_MS = 10_000;
/** How often an address that is left alone is looked at again, in milliseconds. */
const LOOK_MS = 30_000;

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
  /** Over the network by default. */
  reach?: typeof reachProxy;
  /** HTTP/2 by default. */
  serve?: (options: Parameters<typeof ServedTunnel.start>[0]) => LinkedTunnel;
  /** Spreads the pauses: at least 0, below 1. */
  random?: () => number;
};

/** An instance of a proxy that a handshake was with. */
type Met = {
  instance: string;
  /** The handshake has made a tunnel to it. */
  isNew: boolean;
};

/** Keeps a tunnel to each instance of a proxy behind one address. */
export class AddressLoop {
  readonly #options: AddressLoopOptions;
  readonly #failures: Backoff;
  readonly #pace: RedialPace;
  /** A tunnel was lost that had hardly begun. */
  #hasFailed = false;

  /** Resolves at the signal. */
  static async run(options: AddressLoopOptions): Promise<void> {
    await new AddressLoop(options).#run();
  }

  private constructor(options: AddressLoopOptions) {
    this.#options = options;
    this.#failures = Backoff.create(options.random, MAX_PAUSE_MS);
    this.#pace = RedialPace.create(options.random);
  }

  async #run(): Promise<void> {
    const { signal } = this.#options;
    while (!signal.aborted) {
      const met = await this.#dial();
      if (met) {
        await this.#rest(met);
      }
      if (!met || this.#hasFailed) {
        this.#hasFailed = false;
        await pause(this.#failures.failed(), signal);
      }
    }
  }

  /** @returns undefined when there was no handshake */
  async #dial(): Promise<Met | undefined> {
    const { address, links, identity, hello, signal } = this.#options;
    const { reach = reachProxy, onFailure } = this.#options;
    const { generation } = links;
    let reserved: string | undefined;
    try {
      const reached = await reach(address, {
        identity,
        hello: hello(),
        reserve: instance => {
          const isNew = links.reserve(instance);
          reserved = isNew ? instance : undefined;
          return isNew;
        },
        signal,
      });
      this.#begin(reached, generation);
      reserved = undefined;
      return { instance: reached.instance, isNew: true };
    } catch (error) {
      if (error instanceof KnownInstanceError) {
        this.#failures.succeeded();
        return { instance: error.instance, isNew: false };
      }
      if (!signal.aborted) {
        onFailure(error as Error);
      }
      return undefined;
    } finally {
      if (reserved !== undefined) {
        links.free(reserved);
      }
    }
  }

  /**
   * Leaves the address alone until it is worth another dial. One that has made
   * its tunnels and lacks none waits for a change. One that leads to an
   * instance which another address has connected is tried ever more rarely:
   * what is behind it may change with nobody to tell.
   */
  async #rest({ instance, isNew }: Met): Promise<void> {
    const { links, signal } = this.#options;
    const { unsettled } = links;
    const around = links.around(instance);
    if (isNew) {
      this.#pace.reset();
    }
    if (!around || (isNew && around.missing.length > 0)) {
      return;
    }
    const isWhole = around.missing.length === 0 && links.isOf(this, instance);
    const restMs = isWhole ? Infinity : this.#pace.repeated(around);
    const isAsBefore = () =>
      (isWhole || links.unsettled === unsettled) &&
      isDeepStrictEqual(links.around(instance), around);
    const end = performance.now() + restMs;
    let leftMs = restMs;
    while (!signal.aborted && leftMs > 0) {
      await links.nextChange(Math.min(leftMs, LOOK_MS), signal);
      if (!isAsBefore()) {
        this.#pace.reset();
        return;
      }
      leftMs = end - performance.now();
    }
  }

  #begin(
    { instance, instances, socket }: ReachedProxy,
    generation: number,
  ): void {
    const { address, links, serverOf, logger } = this.#options;
    const { serve = ServedTunnel.start } = this.#options;
    const begunAt = performance.now();
    const tunnel: LinkedTunnel = serve({
      socket,
      serverOf,
      onInstances: named => links.named(instance, named),
      onClosed: error => {
        logger.info({ instance, reason: error?.message }, 'a tunnel has ended');
        const isLost = links.ended(instance, tunnel);
        if (performance.now() - begunAt >= SHORT_LIFE_MS) {
          this.#failures.succeeded();
        } else if (isLost) {
          this.#hasFailed = true;
        }
      },
    });
    links.add(instance, {
      tunnel,
      proxyUrl: address.proxy.url,
      instances,
      owner: this,
      generation,
    });
    logger.info({ instance }, 'a tunnel has begun');
  }
}
