import type { ServedTunnel } from './ServedTunnel';

/** A tunnel, as far as its place among the others goes. */
export type LinkedTunnel = Pick<
  ServedTunnel,
  'drain' | 'cut' | 'streams' | 'roundTripMs'
>;

/** A tunnel, and what it has begun with. */
type Link = {
  tunnel: LinkedTunnel;
  /** The proxy's, as the configuration has it. */
  proxyUrl: string;
  /** Those behind the same address, as the proxy has named them last. */
  instances: readonly string[];
  /** Who has begun it. */
  owner: object;
};

/** What is known of the instances behind the address of one. */
export type Surroundings = {
  /** How many there are, with itself. */
  named: number;
  /** Those to which there is no tunnel. */
  missing: string[];
};

/** The tunnels that an agent has, one for each instance of a proxy. */
export class TunnelLinks {
  readonly #links = new Map<string, Link | 'reserved'>();
  /** They carry calls still; each with the instance that it leads to. */
  readonly #leaving = new Map<LinkedTunnel, string>();
  readonly #waiting = new Set<() => void>();
  #begun = 0;
  #generation = 0;
  #unsettled = 0;

  static create(): TunnelLinks {
    return new TunnelLinks();
  }

  private constructor() {}

  /** All of them, also those that others take the place of. */
  get tunnels(): LinkedTunnel[] {
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

  /** Grows when a tunnel is lost, and with each {@link TunnelLinks.unsettle}. */
  get unsettled(): number {
    return this.#unsettled;
  }

  /** Undefined when there is no tunnel to the instance. */
  around(instance: string): Surroundings | undefined {
    const link = this.#links.get(instance);
    if (link === 'reserved') {
      // It is about to say what is around it.
      return { named: 1, missing: [instance] };
    }
    return (
      link && {
        named: link.instances.length,
        missing: link.instances.filter(id => !this.#links.has(id)),
      }
    );
  }

  /** Whether the tunnel to the instance is one that this one has begun. */
  isOf(owner: object, instance: string): boolean {
    const link = this.#links.get(instance);
    return link !== undefined && link !== 'reserved' && link.owner === owner;
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
      this.#changed();
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
      this.#links.set(instance, { ...link, instances: [] });
      this.#name(instance, link.instances);
    } else {
      this.#links.delete(instance);
      this.#leaving.set(link.tunnel, instance);
    }
    this.#changed();
  }

  /** The instance has told which there are. */
  named(instance: string, instances: readonly string[]): void {
    this.#name(instance, instances);
    this.#changed();
  }

  /** @returns whether there is none to the instance any more */
  ended(instance: string, tunnel: LinkedTunnel): boolean {
    this.#leaving.delete(tunnel);
    const link = this.#links.get(instance);
    const wasCurrent =
      link !== undefined && link !== 'reserved' && link.tunnel === tunnel;
    if (wasCurrent) {
      this.#links.delete(instance);
      this.#unsettled += 1;
    }
    this.#changed();
    return wasCurrent;
  }

  /** An address may lead elsewhere than before. */
  unsettle(): void {
    this.#unsettled += 1;
    this.#changed();
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

  #name(instance: string, instances: readonly string[]): void {
    const link = this.#links.get(instance);
    if (link && link !== 'reserved') {
      link.instances = [...new Set([instance, ...instances])];
    }
  }

  /** Wakes all who wait for a change. */
  #changed(): void {
    this.#waiting.forEach(wake => wake());
  }

  *#current(): Generator<[string, Link]> {
    for (const [instance, link] of this.#links) {
      if (link !== 'reserved') {
        yield [instance, link];
      }
    }
  }

  #leave(which: (link: Link) => boolean): LinkedTunnel[] {
    const left = [...this.#current()].filter(([, link]) => which(link));
    for (const [instance, { tunnel }] of left) {
      this.#links.delete(instance);
      this.#leaving.set(tunnel, instance);
    }
    this.#changed();
    return left.map(([, { tunnel }]) => tunnel);
  }
}
