import { Backoff } from '../../delivery';
import type { Surroundings } from './TunnelLinks';

/** While another instance is known to be there, the longest pause before the next try, in milliseconds. */
const MAX_SEARCH_PAUSE_MS = 5000;
/** … and when none is known to be there, or none was found, in milliseconds. */
const MAX_SETTLED_PAUSE_MS = 5 * 60_000;
/**
 * After so many tries for each of the instances, a balancer that chooses at
 * random has passed a certain one over with a probability of e⁻²⁰: it is not
 * behind this address.
 */
const TRIES_PER_INSTANCE = 20;

/** How long an address is left alone that has led to an instance which is connected already. */
export class RedialPace {
  readonly #search: Backoff;
  readonly #settled: Backoff;
  #tries = 0;

  static create(random?: () => number): RedialPace {
    return new RedialPace(random);
  }

  private constructor(random?: () => number) {
    this.#search = Backoff.create(random, MAX_SEARCH_PAUSE_MS);
    this.#settled = Backoff.create(random, MAX_SETTLED_PAUSE_MS);
  }

  /** Milliseconds to wait now that it has led there once more. */
  repeated({ named, missing }: Surroundings): number {
    this.#tries += 1;
    const isSearch =
      missing.length > 0 && this.#tries <= TRIES_PER_INSTANCE * named;
    return (isSearch ? this.#search : this.#settled).failed();
  }

  /** It may lead elsewhere now. */
  reset(): void {
    this.#tries = 0;
    this.#search.succeeded();
    this.#settled.succeeded();
  }
}
