import type { ServedTunnel } from './ServedTunnel';

/** The tunnels that an agent has, one for each instance of a proxy. */
export class TunnelLinks {
  readonly #links = new Map<string, ServedTunnel | 'reserved'>();
  readonly #waiting = new Set<() => void>();
  #begun = 0;

  static create(): TunnelLinks {
    return new TunnelLinks();
  }

  private constructor() {}

  get tunnels(): ServedTunnel[] {
    return [...this.#links.values()].filter(link => link !== 'reserved');
  }

  /** How many there were in all. */
  get begun(): number {
    return this.#begun;
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

  add(instance: string, tunnel: ServedTunnel): void {
    this.#links.set(instance, tunnel);
    this.#begun += 1;
    this.changed();
  }

  /** There is none any more, or it has not come about. */
  remove(instance: string): void {
    this.#links.delete(instance);
    this.changed();
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
}
