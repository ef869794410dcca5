import type { ServedTunnel } from './ServedTunnel';

/** A tunnel, and what it has begun with. */
type Link = {
  tunnel: ServedTunnel;
  /** The proxy's, as the configuration has it. */
  proxyUrl: string;
};

/** The tunnels that an agent has, one for each instance of a proxy. */
export class TunnelLinks {
  readonly #links = new Map<string, Link | 'reserved'>();
  /** They carry calls still; each with the instance that it leads to. */
  readonly #leaving = new Map<ServedTunnel, string>();
  readonly #waiting = new Set<() => void>();
  #begun = 0;
  #generation = 0;

  static create(): TunnelLinks {
    return new TunnelLinks();
  }

  private constructor() {}

  /** All of them, also those that others take the place of. */
  get tunnels(): ServedTunnel[] {
    return [
      ...[...this.#current()].map(([, { tunnel }]) => tunnel),
      ...this.#leaving.keys(),
    ];
  }

  /** How many instances of proxies have at least one. */
  get connected(): number {
    return new Set([
      ...[...this.#current()].map(([instance]) => instance),
      ...this.#leaving.values(),
    ]).size;
  }

  /** How many there were in all. */
  get begun(): number {
    return this.#begun;
  }

  /** Grows with each {@link TunnelLinks.renew}. */
  get generation(): number {
    return this.#generation;
  }

  has(instance: string): boolean {
    return this.#links.has(instance);
  }

  /** Takes the place of a tunnel that is about to begin; false when there is one. */
  reserve(instance: string): boolean {
    if (this.#links.has(instance)) {
      return false;
    }
    this.#links.set(instance, 'reserved');
    return true;
  }

  /** What was reserved has not come about. */
  free(instance: string): void {
    if (this.#links.get(instance) === 'reserved') {
      this.#links.delete(instance);
      this.changed();
    }
  }

  /** @param link.generation - as it was when the agent said what it has */
  add(instance: string, link: Link & { generation: number }): void {
    this.#begun += 1;
    this.#leaving.forEach((other, tunnel) => {
      if (other === instance) {
        // The proxy does that, too, unless it knows it under another name.
        tunnel.drain();
      }
    });
    if (link.generation === this.#generation) {
      this.#links.set(instance, link);
    } else {
      this.#links.delete(instance);
      this.#leaving.set(link.tunnel, instance);
    }
    this.changed();
  }

  /** @returns whether there is none to the instance any more */
  ended(instance: string, tunnel: ServedTunnel): boolean {
    this.#leaving.delete(tunnel);
    const link = this.#links.get(instance);
    const wasCurrent =
      link !== undefined && link !== 'reserved' && link.tunnel === tunnel;
    if (wasCurrent) {
      this.#links.delete(instance);
    }
    this.changed();
    return wasCurrent;
  }

  /** What they have begun with is true no more: each stays until another one takes its place. */
  renew(): void {
    this.#generation += 1;
    this.#leave(() => true);
  }

  /** Those to this proxy take no more calls, and end with the last one that they carry. */
  release(proxyUrl: string): void {
    this.#leave(link => link.proxyUrl === proxyUrl).forEach(tunnel =>
      tunnel.drain(),
    );
  }

  /** Wakes all who wait for a change. */
  changed(): void {
    this.#waiting.forEach(wake => wake());
  }

  /** Resolves at the next change, when the time, in milliseconds, is over, or at the signal. */
  async nextChange(timeMs: number, signal: AbortSignal): Promise<void> {
    await new Promise<void>(resolve => {
      const done = () => {
        clearTimeout(timer);
        signal.removeEventListener('abort', done);
        this.#waiting.delete(done);
        resolve();
      };
      const timer = setTimeout(done, timeMs);
      signal.addEventListener('abort', done);
      this.#waiting.add(done);
      if (signal.aborted) {
        done();
      }
    });
  }

  *#current(): Generator<[string, Link]> {
    for (const [instance, link] of this.#links) {
      if (link !== 'reserved') {
        yield [instance, link];
      }
    }
  }

  #leave(which: (link: Link) => boolean): ServedTunnel[] {
    const left = [...this.#current()].filter(([, link]) => which(link));
    for (const [instance, { tunnel }] of left) {
      this.#links.delete(instance);
      this.#leaving.set(tunnel, instance);
    }
    this.changed();
    return left.map(([, { tunnel }]) => tunnel);
  }
}
