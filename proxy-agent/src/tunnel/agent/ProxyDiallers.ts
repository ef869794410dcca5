import type { TunnelConfig } from '../../config';
import { httpProxyTo } from './httpProxyTo';
import { ProxyDialler, ProxyDiallerOptions } from './ProxyDialler';

type ProxyDiallersOptions = Omit<
  ProxyDiallerOptions,
  'proxy' | 'httpProxy' | 'onFailure'
> & { onFailure: (proxyUrl: string, error: Error) => void };

/** Dials the proxies that a configuration names, and no others. */
export class ProxyDiallers {
  readonly #options: ProxyDiallersOptions;
  /** By what they dial. */
  readonly #diallers = new Map<
    string,
    { url: string; stop: AbortController; ended: Promise<void> }
  >();

  static create(options: ProxyDiallersOptions): ProxyDiallers {
    return new ProxyDiallers(options);
  }

  private constructor(options: ProxyDiallersOptions) {
    this.#options = options;
  }

  /** Dials what this configuration names from now on. */
  follow(config: Pick<TunnelConfig, 'proxies' | 'httpProxy'>): void {
    if (this.#options.signal.aborted) {
      return;
    }
    const wanted = new Map(
      config.proxies.map(proxy => {
        const httpProxy = httpProxyTo(proxy.url, config);
        const key = JSON.stringify([proxy, httpProxy?.href]);
        return [key, { proxy, httpProxy }];
      }),
    );
    for (const [key, { url, stop }] of this.#diallers) {
      if (!wanted.has(key)) {
        stop.abort();
        this.#diallers.delete(key);
        if (!config.proxies.some(proxy => proxy.url === url)) {
          this.#options.links.release(url);
        }
      }
    }
    for (const [key, named] of wanted) {
      if (!this.#diallers.has(key)) {
        this.#diallers.set(key, this.#dial(named));
      }
    }
  }

  /** Resolves when all have ended, after the signal. */
  async ended(): Promise<void> {
    await Promise.all([...this.#diallers.values()].map(({ ended }) => ended));
  }

  #dial(named: Pick<ProxyDiallerOptions, 'proxy' | 'httpProxy'>) {
    const { signal, logger, onFailure } = this.#options;
    const { url } = named.proxy;
    const stop = new AbortController();
    const ended = ProxyDialler.run({
      ...this.#options,
      ...named,
      signal: AbortSignal.any([signal, stop.signal]),
      onFailure: error => onFailure(url, error),
      logger: logger.child({ proxy: url }),
    });
    return { url, stop, ended };
  }
}
