import type { Logger } from 'pino';

/** How often one trouble with one cluster is logged at the most, in milliseconds. */
const LOG_EVERY_MS = 60_000;

/** What is the operator's to mend. */
type Trouble = 'unreachable' | 'unauthorized';

/**
 * What is wrong between the proxy, or a tunnel agent, and its clusters. Users
 * read it in few words when it meets them; who runs the proxy finds it in the
 * log, with what Node says, and counted.
 */
export class UpstreamTroubles {
  readonly #logger: Logger;
  readonly #now: () => number;
  /** By trouble, then by cluster. */
  readonly #counts: Record<Trouble, Map<string, number>> = {
    unreachable: new Map(),
    unauthorized: new Map(),
  };
  /** By trouble and cluster. */
  readonly #logged = new Map<string, { at: number; silent: number }>();

  static create(options: {
    logger: Logger;
    /** Milliseconds of a clock that only goes forward. */
    now?: () => number;
  }): UpstreamTroubles {
    return new UpstreamTroubles(options);
  }

  private constructor(options: { logger: Logger; now?: () => number }) {
    this.#logger = options.logger;
    this.#now = options.now ?? (() => performance.now());
  }

  /** Calls that an API server has not answered, by cluster. */
  get unreachable(): ReadonlyMap<string, number> {
    return this.#counts.unreachable;
  }

  /** Calls that an API server has answered with 401, by cluster. */
  get unauthorized(): ReadonlyMap<string, number> {
    return this.#counts.unauthorized;
  }

  /** An API server has not answered. */
  notAnswered(cluster: string, error: Error): void {
    this.#note('unreachable', cluster, repeated =>
      this.#logger.error(
        { cluster, repeated, err: error },
        `the API server of cluster ${cluster} did not answer`,
      ),
    );
  }

  /** An API server has answered: a 401 is about the credential of the proxy, or of the tunnel agent on the way: it knows no other. */
  answered(cluster: string, statusCode: number | undefined): void {
    if (statusCode !== 401) {
      return;
    }
    this.#note('unauthorized', cluster, repeated =>
      this.#logger.error(
        { cluster, repeated },
        `the API server of cluster ${cluster} does not accept the credential for it (401): it has expired, or is for another cluster`,
      ),
    );
  }

  /** @param log - is told how many were not logged since the last time */
  #note(
    trouble: Trouble,
    cluster: string,
    log: (repeated: number) => void,
  ): void {
    const counts = this.#counts[trouble];
    counts.set(cluster, (counts.get(cluster) ?? 0) + 1);
    const key = `${trouble} ${cluster}`;
    const logged = this.#logged.get(key);
    const now = this.#now();
    if (logged && now - logged.at < LOG_EVERY_MS) {
      logged.silent += 1;
      return;
    }
    this.#logged.set(key, { at: now, silent: 0 });
    log(logged?.silent ?? 0);
  }
}
