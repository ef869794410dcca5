import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import {
  durationToMilliseconds,
  JoinToken,
  parseJoinToken,
} from 'backstage-plugin-kubernetes-audit-common';
import { clusterSchema, httpProxyFor, TunnelConfig } from '../../config';
import { Backoff } from '../../delivery';
import { UpstreamTroubles } from '../../forward';
import { UpstreamCluster } from '../../upstream';
import type { Hello } from '../transport';
import { AgentIdentity } from './AgentIdentity';
import { ClusterServer } from './ClusterServer';
import { dialProxy } from './dialProxy';
import { joinPortal } from './joinPortal';
import { ProxyDialler } from './ProxyDialler';
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
  /** Calls that were not forwarded, for whom they were made as. */
  refusals: number;
  /** Of the slowest tunnel, in milliseconds. */
  roundTripMs: number;
  isDraining: boolean;
};

/** The reverse-tunnel agent as a whole: joins, dials out to proxies, and forwards what comes back. */
export class TunnelAgent {
  readonly #config: TunnelConfig;
  readonly #version: string;
  readonly #logger: Logger;
  readonly #identity: AgentIdentity;
  readonly #clusters: ReadonlyMap<string, UpstreamCluster>;
  readonly #servers: ReadonlyMap<string, ClusterServer>;
  readonly #links = TunnelLinks.create();
  readonly #stop = new AbortController();
  #running: Promise<void> | undefined;
  #failures = 0;
  #lastFailure: string | undefined;
  #isDraining = false;

  /** @throws Error when a certificate, a credential or the state directory cannot be used */
  static async start(
    config: TunnelConfig,
    options: { logger: Logger; version: string },
  ): Promise<TunnelAgent> {
    const identity = await AgentIdentity.open(config.stateDirectory);
    const agent = new TunnelAgent(config, identity, options);
    agent.#running = agent.#run();
    return agent;
  }

  private constructor(
    config: TunnelConfig,
    identity: AgentIdentity,
    options: { logger: Logger; version: string },
  ) {
    const { logger, version } = options;
    this.#config = config;
    this.#identity = identity;
    this.#logger = logger;
    this.#version = version;
    const troubles = UpstreamTroubles.create({ logger });
    this.#clusters = new Map(
      config.clusters.map(cluster => [
        cluster.name,
        UpstreamCluster.fromConfig(clusterSchema.parse(cluster)),
      ]),
    );
    this.#servers = new Map(
      [...this.#clusters].map(([name, cluster]) => [
        name,
        ClusterServer.create({ cluster, troubles, logger }),
      ]),
    );
  }

  get state(): TunnelAgentState {
    const { tunnels } = this.#links;
    const servers = [...this.#servers.values()];
    const sum = (values: number[]) => values.reduce((a, b) => a + b, 0);
    return {
      name: this.#identity.name,
      tunnels: tunnels.length,
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

  /** Tells all proxies to send nothing more, lets what is under way end, and cuts the rest when the time is over. */
  async stop(): Promise<void> {
    this.#isDraining = true;
    this.#stop.abort();
    await this.#running;
    this.#links.tunnels.forEach(tunnel => tunnel.drain());
    const deadline =
      performance.now() + durationToMilliseconds(this.#config.drainTimeout);
    while (this.#links.tunnels.length > 0 && performance.now() < deadline) {
      await this.#links.nextChange(DRAIN_LOOK_MS, new AbortController().signal);
    }
    this.#links.tunnels.forEach(tunnel => tunnel.cut());
    await Promise.all([...this.#clusters.values()].map(c => c.close()));
  }

  async #run(): Promise<void> {
    await this.#join();
    if (this.#stop.signal.aborted) {
      return;
    }
    await Promise.all(
      this.#config.proxies.map(proxy =>
        ProxyDialler.run({
          proxy,
          httpProxy: this.#httpProxyFor(proxy.url),
          identity: this.#identity,
          links: this.#links,
          hello: () => this.#hello(),
          serverOf: name => this.#servers.get(name),
          signal: this.#stop.signal,
          onFailure: error => this.#failed(proxy.url, error),
          logger: this.#logger.child({ proxy: proxy.url }),
        }),
      ),
    );
  }

  #hello(): Hello {
    return {
      name: this.#identity.name ?? '',
      version: this.#version,
      hostName: hostname(),
      clusters: [...this.#clusters.values()].map(({ name, endpoint }) => ({
        name,
        endpoint,
        tags: {},
      })),
    };
  }

  /** Resolves when the agent has a name, or stops. */
  async #join(): Promise<void> {
    const { signal } = this.#stop;
    const backoff = Backoff.create(Math.random, MAX_JOIN_PAUSE_MS);
    while (!signal.aborted) {
      try {
        const token = this.#readToken();
        if (this.#identity.hasJoined(token)) {
          return;
        }
        if (!token) {
          throw new Error(
            'the agent has not joined, and joinToken and joinTokenFile give no token',
          );
        }
        await this.#joinAnywhere(token);
        return;
      } catch (error) {
        if (signal.aborted) {
          return;
        }
        const { message } = error as Error;
        this.#failures += 1;
        this.#lastFailure = message;
        this.#logger.error({ reason: message }, 'joining failed');
        await sleep(backoff.failed(), undefined, { signal }).catch(() => {});
      }
    }
  }

  /** The proxies in turn: any can ask the portal. */
  async #joinAnywhere(token: JoinToken): Promise<void> {
    let failure: unknown;
    for (const proxy of this.#config.proxies) {
      try {
        const socket = await dialProxy(
          {
            proxy,
            address: undefined,
            httpProxy: this.#httpProxyFor(proxy.url),
          },
          this.#stop.signal,
        );
        try {
          const joined = await joinPortal(
            socket,
            new URL(proxy.url).host,
            this.#identity.joinWith(token),
          );
          this.#identity.keepJoined(token, joined);
          this.#logger.info(joined, 'the agent has joined');
          return;
        } finally {
          socket.destroy();
        }
      } catch (error) {
        failure = error;
      }
    }
    throw failure;
  }

  #readToken(): JoinToken | undefined {
    const { joinToken, joinTokenFile } = this.#config;
    if (joinToken !== undefined) {
      return parseJoinToken(joinToken);
    }
    if (joinTokenFile === undefined) {
      return undefined;
    }
    let text;
    try {
      text = readFileSync(joinTokenFile, 'utf8');
    } catch (error) {
      if (this.#identity.hasJoined(undefined)) {
        // It has served its purpose, and may be gone.
        return undefined;
      }
      throw error;
    }
    return parseJoinToken(text);
  }

  #httpProxyFor(url: string): URL | undefined {
    return this.#config.httpProxy
      ? new URL(this.#config.httpProxy)
      : httpProxyFor(new URL(url), process.env);
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
