import { isDeepStrictEqual } from 'node:util';
import { formatTunnelTags } from 'backstage-plugin-kubernetes-audit-common';
import type { ClusterConfig } from '../config';
import { ConnectionPool, HttpCallHandler, HttpRequest } from './http';
import type { TunnelPath, Tunnels } from './Tunnels';
import { UpstreamConnection } from './UpstreamConnection';
import type { Upstream, UpstreamRoute } from './Upstream';

/** One agent as a way to one cluster: connections over its tunnel. */
class TunnelRoute implements UpstreamRoute {
  readonly tunnel: { agentName: string; tag: string };
  readonly #path: TunnelPath;
  readonly #pool: ConnectionPool;
  #sessions = 0;

  constructor(path: TunnelPath, tag: string) {
    this.#path = path;
    this.tunnel = { agentName: path.agentName, tag };
    this.#pool = ConnectionPool.create({
      connect: async () => UpstreamConnection.of(await path.open()),
    });
  }

  get endpoint(): string {
    return this.#path.endpoint;
  }

  send(request: HttpRequest, handler: HttpCallHandler): void {
    this.#pool.send(request, handler);
  }

  /** Calls and sessions under way. */
  get load(): number {
    return this.#pool.callCount + this.#sessions;
  }

  async connect(signal: AbortSignal): Promise<UpstreamConnection> {
    this.#sessions += 1;
    const ended = () => {
      this.#sessions -= 1;
    };
    try {
      const stream = await this.#path.open(signal);
      stream.once('close', ended);
      return UpstreamConnection.of(stream);
    } catch (error) {
      ended();
      throw error;
    }
  }

  /** Connections end with their last call. */
  async retire(): Promise<void> {
    await this.#pool.retire();
  }

  close(): void {
    this.#pool.close();
  }
}

/** A cluster that accepts no connections: tunnel agents that have its tags carry calls to it. */
export class TunnelledCluster implements Upstream {
  readonly config: ClusterConfig;
  readonly host: string;
  readonly basePath = '';
  readonly unreachable: string;
  readonly #tunnels: Tunnels;
  readonly #tags: Record<string, string>;
  readonly #tag: string;
  readonly #routes = new Map<TunnelPath, TunnelRoute>();
  readonly #retired = new Set<TunnelRoute>();
  readonly #random: () => number;

  static create(
    config: ClusterConfig & { tunnel: NonNullable<ClusterConfig['tunnel']> },
    tunnels: Tunnels,
    random: () => number = Math.random,
  ): TunnelledCluster {
    return new TunnelledCluster(config, config.tunnel.tags, tunnels, random);
  }

  private constructor(
    config: ClusterConfig,
    tags: Record<string, string>,
    tunnels: Tunnels,
    random: () => number,
  ) {
    this.config = config;
    this.host = config.name;
    this.#tunnels = tunnels;
    this.#tags = tags;
    this.#tag = formatTunnelTags(tags);
    this.#random = random;
    this.unreachable = `no tunnel agent with the tags ${
      this.#tag
    } is connected that reaches the cluster "${config.name}"`;
  }

  get name(): string {
    return this.config.name;
  }

  get endpoint(): string | undefined {
    return this.#paths()[0]?.endpoint;
  }

  /** The agent has the credential. */
  authorization(): undefined {
    return undefined;
  }

  /** The one with the least under way; any of those that have equally much. */
  route(tried?: ReadonlySet<UpstreamRoute>): UpstreamRoute | undefined {
    let best: TunnelRoute | undefined;
    let equals = 0;
    for (const path of this.#paths()) {
      const route = this.#routeOf(path);
      if (tried?.has(route)) {
        continue;
      }
      const difference = best ? route.load - best.load : -1;
      equals = difference < 0 ? 1 : equals + Number(difference === 0);
      if (difference < 0 || (difference === 0 && this.#random() * equals < 1)) {
        best = route;
      }
    }
    return best;
  }

  isSameAs(other: Upstream): boolean {
    return isDeepStrictEqual(this.config, other.config);
  }

  async retire(): Promise<void> {
    const routes = [...this.#routes.values()];
    this.#routes.clear();
    await Promise.all(routes.map(route => this.#retire(route)));
  }

  async close(): Promise<void> {
    for (const route of [...this.#routes.values(), ...this.#retired]) {
      route.close();
    }
  }

  #paths(): readonly TunnelPath[] {
    return this.#tunnels.paths(this.name, this.#tags);
  }

  #routeOf(path: TunnelPath): TunnelRoute {
    const known = this.#routes.get(path);
    if (known) {
      return known;
    }
    const route = new TunnelRoute(path, this.#tag);
    this.#routes.set(path, route);
    path.leaving.addEventListener(
      'abort',
      () => {
        this.#routes.delete(path);
        this.#retire(route);
      },
      { once: true },
    );
    return route;
  }

  async #retire(route: TunnelRoute): Promise<void> {
    this.#retired.add(route);
    await route.retire();
    this.#retired.delete(route);
  }
}
