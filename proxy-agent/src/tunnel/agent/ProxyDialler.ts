import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { isDeepStrictEqual } from 'node:util';
import { AddressLoop, AddressLoopOptions } from './AddressLoop';
import { placeOf } from './dialProxy';
import { pause } from './pause';

/** How often a proxy's name is resolved, in milliseconds. */
const RESOLVE_MS = 30_000;
/** … and while it cannot be. */
const RESOLVE_AGAIN_MS = 5000;

export type ProxyDiallerOptions = Omit<AddressLoopOptions, 'address'> & {
  proxy: AddressLoopOptions['address']['proxy'];
  httpProxy: URL | undefined;
  /** All addresses of a name. */
  resolve?: (host: string) => Promise<string[]>;
};

async function resolveName(host: string): Promise<string[]> {
  const found = await lookup(host, { all: true });
  return found.map(({ address }) => address);
}

/** Keeps tunnels to all addresses that the name of one proxy has. */
export class ProxyDialler {
  readonly #options: ProxyDiallerOptions;
  /** By address. */
  readonly #loops = new Map<string, AbortController>();

  /** Resolves at the signal. */
  static async run(options: ProxyDiallerOptions): Promise<void> {
    await new ProxyDialler(options).#run();
  }

  private constructor(options: ProxyDiallerOptions) {
    this.#options = options;
  }

  async #run(): Promise<void> {
    const { proxy, httpProxy, signal, resolve = resolveName } = this.#options;
    const { host } = placeOf(new URL(proxy.url));
    if (httpProxy || isIP(host)) {
      await this.#keep(isIP(host) ? host : undefined, signal);
      return;
    }
    while (!signal.aborted) {
      let pauseMs = RESOLVE_MS;
      try {
        this.#follow(await resolve(host));
      } catch (error) {
        pauseMs = RESOLVE_AGAIN_MS;
        this.#options.onFailure(error as Error);
      }
      await pause(pauseMs, signal);
    }
  }

  #follow(resolved: string[]): void {
    const addresses = new Set(resolved);
    if (isDeepStrictEqual(addresses, new Set(this.#loops.keys()))) {
      return;
    }
    for (const [address, stop] of this.#loops) {
      if (!addresses.has(address)) {
        // The tunnels that it has made stay as long as they last.
        stop.abort();
        this.#loops.delete(address);
      }
    }
    for (const address of addresses) {
      if (!this.#loops.has(address)) {
        const stop = new AbortController();
        this.#loops.set(address, stop);
        this.#keep(
          address,
          AbortSignal.any([this.#options.signal, stop.signal]),
        ).catch(error => this.#options.onFailure(error));
      }
    }
    this.#options.links.unsettle();
  }

  async #keep(address: string | undefined, signal: AbortSignal): Promise<void> {
    const { proxy, httpProxy, logger } = this.#options;
    await AddressLoop.run({
      ...this.#options,
      address: { proxy, address, httpProxy },
      signal,
      logger: logger.child({ address }),
    });
  }
}
