import { hostname } from 'node:os';
import { isDeepStrictEqual } from 'node:util';
import type { Logger } from 'pino';
import {
  compileNamePatterns,
  durationToMilliseconds,
} from 'backstage-plugin-kubernetes-audit-common';
import { ClusterConfig, clusterSchema, TunnelConfig } from '../../config';
import { Backoff } from '../../delivery';
import { UpstreamTroubles } from '../../forward';
import { UpstreamClusters } from '../../upstream';
import type { Hello } from '../transport';
import { AgentIdentity } from './AgentIdentity';
import { ClusterServer } from './ClusterServer';
import { httpProxyTo } from './httpProxyTo';
import { joinAnywhere } from './joinAnywhere';
import { pause } from './pause';
import { ProxyDiallers } from './ProxyDiallers';
import { readJoinToken } from './readJoinToken';
import { TunnelLinks } from './TunnelLinks';

/** The longest pause between two attempts to join, in milliseconds. */
const MAX_JOIN_PAUSE_MS = 30_000;
/** How often the end of the last tunnel is looked for while the agent stops, in milliseconds. */
const DRAIN_LOOK_MS = 50;

/** What an operator and Prometheus are told. */
export type TunnelAgentState = {
  /** Undefined until the agent has joined. */
  name: string | undefined;
  tunnels: number;
  streams: number;
  /** Tunnels that were begun since the start. */
  begun: number;
  /** Attempts to reach a proxy that failed. */
  failures: number;
  /** Why the last one did. */
  lastFailure: string | undefined;
  calls: number;
  /** Calls that no proxy that is what it should be would send, and that were not forwarded. */
  refusals: number;
  /** Of the slowest tunnel, in milliseconds. */
  roundTripMs: number;
  isDraining: boolean;
};

type TunnelAgentOptions = {
  logger: Logger;
  version: string;
  /** All addresses of a name; the system's resolver by default. */
  resolve?: (host: string) => Promise<string[]>;
};

/** The reverse-tunnel agent as a whole: joins, dials out to proxies, and forwards what comes back. */
export class TunnelAgent {
  #config: TunnelConfig;
  readonly #version: string;
  readonly #logger: Logger;
  readonly #identity: AgentIdentity;
  readonly #clusters: UpstreamClusters;
  readonly #troubles: UpstreamTroubles;
  /** Also of clusters that were taken away. */
  readonly #servers = new Map<string, ClusterServer>();
  readonly #links = TunnelLinks.create();
  readonly #diallers: ProxyDiallers;
  readonly #stop = new AbortController();
  /** Until it has a name. */
  #joining: Promise<void> | undefined;
  #failures = 0;
  #lastFailure: string | undefined;
  #isDraining = false;

  /** @throws Error when a certificate, a credential or the state directory cannot be used */
  static async start(
    config: TunnelConfig,
    options: TunnelAgentOptions,
  ): Promise<TunnelAgent> {
    const identity = await AgentIdentity.open(config.stateDirectory);
    const agent = new TunnelAgent(config, identity, options);
    agent.#begin();
    return agent;
  }

  private constructor(
    config: TunnelConfig,
    identity: AgentIdentity,
    options: TunnelAgentOptions,
  ) {
    const { logger, version } = options;
    this.#config = config;
    this.#identity = identity;
    this.#logger = logger;
    this.#version = version;
    this.#troubles = UpstreamTroubles.create({ logger });
    this.#clusters = UpstreamClusters.fromConfig(clustersOf(config));
    this.#diallers = ProxyDiallers.create({
      resolve: options.resolve,
      identity,
      links: this.#links,
      hello: () => this.#hello(),
      serverOf: name => this.#clusters.get(name) && this.#servers.get(name),
      signal: this.#stop.signal,
      onFailure: (proxy, error) => this.#failed(proxy, error),
      logger,
    });
    this.#serve();
  }

  get state(): TunnelAgentState {
    const { tunnels } = this.#links;
    const servers = [...this.#servers.values()];
    const sum = (values: number[]) => values.reduce((a, b) => a + b, 0);
    return {
      name: this.#identity.name,
      tunnels: this.#links.connected,
      streams: sum(tunnels.map(({ streams }) => streams)),
      begun: this.#links.begun,
      failures: this.#failures,
      lastFailure: this.#lastFailure,
      calls: sum(servers.map(({ calls }) => calls)),
      refusals: sum(servers.map(({ refusals }) => refusals)),
      roundTripMs: Math.max(
        0,
        ...tunnels.map(({ roundTripMs = 0 }) => roundTripMs),
      ),
      isDraining: this.#isDraining,
    };
  }

  /**
   * Takes another configuration over. Tunnels stay, save those to proxies that
   * it does not name. When the agent has other clusters than before, it makes
   * new ones, and each proxy drains the one that it had: nothing is cut.
   *
   * @throws Error when it cannot be used, and nothing changes
   */
  readonly reload = (next: TunnelConfig): void => {
    const before = this.#clusters.announce();
    const useClusters = this.#clusters.prepare(clustersOf(next));
    const clusters = useClusters();
    const { stateDirectory, admin, log } = this.#config;
    this.#config = next;
    this.#serve();
    if (!isDeepStrictEqual(before, this.#clusters.announce())) {
      this.#links.renew();
    }
    this.#dial();
    if (!this.#joining) {
      this.#begin();
    }
    if (next.log.level !== log.level) {
      this.#logger.level = next.log.level;
    }
    this.#logger.info({ clusters }, 'the configuration was reloaded');
    if (
      next.stateDirectory !== stateDirectory ||
      !isDeepStrictEqual(next.admin, admin)
    ) {
      this.#logger.warn(
        'stateDirectory and admin: what has changed takes effect at the next start',
      );
    }
  };

  /** Tells all proxies to send nothing more, lets what is under way end, and cuts the rest when the time is over. */
  async stop(): Promise<void> {
    this.#isDraining = true;
    this.#stop.abort();
    await this.#joining;
    await this.#diallers.ended();
    this.#links.tunnels.forEach(tunnel => tunnel.drain());
    const deadline =
      performance.now() + durationToMilliseconds(this.#config.drainTimeout);
    while (this.#links.tunnels.length > 0 && performance.now() < deadline) {
      await this.#links.nextChange(DRAIN_LOOK_MS, new AbortController().signal);
    }
    this.#links.tunnels.forEach(tunnel => tunnel.cut());
    await this.#clusters.close();
  }

  /** Joins where it has not yet. With another token than before it goes on under the name that it has meanwhile. */
  #begin(): void {
    const before = this.#identity.name;
    this.#dial();
    this.#joining = this.#join().then(() => {
      this.#joining = undefined;
      if (before !== undefined && this.#identity.name !== before) {
        this.#links.renew();
      }
      this.#dial();
      if (!this.#stop.signal.aborted) {
        this.#warnOfClusters();
      }
    });
  }

  /** Users would only read that no agent is there. */
  #warnOfClusters(): void {
    const joinedFor = this.#identity.clusters ?? [];
    const isJoinedFor = compileNamePatterns([...joinedFor]);
    for (const { name } of this.#config.clusters) {
      if (!isJoinedFor(name)) {
        this.#logger.warn(
          { cluster: name, joinedFor },
          'no call will come for this cluster: the token that the agent has joined with does not name it',
        );
      }
    }
  }

  /** Dials what the configuration names, once there is a name to do that under. */
  #dial(): void {
    if (this.#identity.name !== undefined) {
      this.#diallers.follow(this.#config);
    }
  }

  /** Has a server for each cluster. */
  #serve(): void {
    for (const { name } of this.#config.clusters) {
      if (!this.#servers.has(name)) {
        this.#servers.set(
          name,
          ClusterServer.create({
            name,
            cluster: () => this.#clusters.get(name),
            troubles: this.#troubles,
            logger: this.#logger,
          }),
        );
      }
    }
  }

  #hello(): Hello {
    return {
      name: this.#identity.name ?? '',
      version: this.#version,
      hostName: hostname(),
      clusters: this.#clusters.announce(),
    };
  }

  /** Resolves when the agent has a name, or stops. */
  async #join(): Promise<void> {
    const { signal } = this.#stop;
    const backoff = Backoff.create(Math.random, MAX_JOIN_PAUSE_MS);
    while (!signal.aborted) {
      try {
        const token = readJoinToken(this.#config, this.#identity);
        if (this.#identity.hasJoined(token)) {
          return;
        }
        if (!token) {
          throw new Error(
            'the agent has not joined, and joinToken and joinTokenFile give no token',
          );
        }
        const joined = await joinAnywhere(token, {
          proxies: this.#config.proxies,
          httpProxyFor: url => httpProxyTo(url, this.#config),
          identity: this.#identity,
          signal,
        });
        this.#logger.info(joined, 'the agent has joined');
        return;
      } catch (error) {
        if (signal.aborted) {
          return;
        }
        const { message } = error as Error;
        this.#failures += 1;
        this.#lastFailure = message;
        this.#logger.error({ reason: message }, 'joining failed');
        await pause(backoff.failed(), signal);
      }
    }
  }

  #failed(proxy: string, error: Error): void {
    this.#failures += 1;
    this.#lastFailure = `${proxy}: ${error.message}`;
    this.#logger.warn(
      { proxy, reason: error.message },
      'no tunnel to a proxy came about',
    );
  }
}

function clustersOf(config: TunnelConfig): ClusterConfig[] {
  return config.clusters.map(cluster => clusterSchema.parse(cluster));
}
