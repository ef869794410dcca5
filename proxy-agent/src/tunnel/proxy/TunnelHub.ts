import { isDeepStrictEqual } from 'node:util';
import type { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Logger } from 'pino';
import type {
  PolicyBundle,
  TunnelAgent,
  TunnelStatus,
} from 'backstage-plugin-kubernetes-audit-common';
import { ClusterBinding } from '../../authz';
import type { TunnelPath, Tunnels } from '../../upstream';
import {
  challengeAgent,
  tellVerdict,
  TunnelRefusedError,
} from './acceptTunnel';
import { TunnelSession } from './TunnelSession';

/** Handshakes at once: until it has ended, anybody may have begun one. */
const MAX_HANDSHAKES = 256;
/** How often a silent connection is probed by the system, in milliseconds. */
const TCP_KEEP_ALIVE_MS = 15_000;
/** How long a refused agent has to read why, in milliseconds. */
const LAST_WORD_MS = 2000;

/** An agent that the policy knows. */
type KnownAgent = TunnelAgent & { reaches: (clusterName: string) => boolean };

type HubOptions = {
  /** Of this proxy: the same in all its processes. */
  instance: string;
  logger: Logger;
  /** Tunnels begin or end, or an agent leaves. */
  onChange?: () => void;
  /** Milliseconds since 1970. */
  now?: () => number;
};

/** The tunnels that end in this process: takes them, watches them, and chooses among them. */
export class TunnelHub implements Tunnels {
  readonly #options: HubOptions;
  readonly #sessions = new Set<TunnelSession>();
  readonly #connections = new Map<string, number>();
  #agents: ReadonlyMap<string, KnownAgent> = new Map();
  #instances: string[];
  #handshakes = 0;
  #lastId = 0;
  #refusals = 0;
  #isClosing = false;

  static create(options: HubOptions): TunnelHub {
    return new TunnelHub(options);
  }

  private constructor(options: HubOptions) {
    this.#options = options;
    this.#instances = [options.instance];
  }

  /** How many there were, by result. */
  get handshakes(): ReadonlyMap<string, number> {
    return new Map([
      ['accepted', this.#lastId],
      ['refused', this.#refusals],
    ]);
  }

  /** The agents that may connect from now on; those that may no longer are cut. */
  usePolicy({ tunnels = [] }: Pick<PolicyBundle, 'tunnels'>): void {
    const before = this.#agents;
    this.#agents = new Map(
      tunnels.map(agent => {
        const binding = ClusterBinding.create(() => agent.clusters);
        return [
          agent.name,
          { ...agent, reaches: name => binding.covers(name) },
        ];
      }),
    );
    for (const session of this.#sessions) {
      const { name } = session.hello;
      if (
        !isDeepStrictEqual(before.get(name)?.key, this.#agents.get(name)?.key)
      ) {
        this.#options.logger.warn(
          { tunnelAgent: name },
          'a tunnel is cut: its agent was revoked, or has joined anew',
        );
        session.cut(new Error('the tunnel agent was revoked'));
      }
    }
  }

  /** The instances of proxies behind the address of this one, as the portal knows them. */
  useInstances(instances: readonly string[]): void {
    const all = [...new Set([this.#options.instance, ...instances])].sort();
    if (!isDeepStrictEqual(all, this.#instances)) {
      this.#instances = all;
      this.#sessions.forEach(session => session.tell({ instances: all }));
    }
  }

  paths(clusterName: string, tags: Record<string, string>): TunnelPath[] {
    const paths: TunnelPath[] = [];
    for (const session of this.#sessions) {
      if (
        !session.leaving.aborted &&
        this.mayCarry(session.hello.name, clusterName, tags)
      ) {
        const path = session.pathTo(clusterName);
        if (path) {
          paths.push(path);
        }
      }
    }
    return paths;
  }

  /** Whether calls that want these tags may reach the cluster through the agent. */
  mayCarry(
    agentName: string,
    clusterName: string,
    tags: Record<string, string>,
  ): boolean {
    const agent = this.#agents.get(agentName);
    return (
      agent !== undefined &&
      agent.reaches(clusterName) &&
      Object.entries(tags).every(([key, value]) => agent.tags[key] === value)
    );
  }

  /** Those that take streams, for the other workers. */
  report(): {
    id: number;
    agentName: string;
    connectedAt: number;
    clusters: TunnelSession['hello']['clusters'];
  }[] {
    return [...this.#sessions]
      .filter(({ leaving }) => !leaving.aborted)
      .map(({ id, connectedAt, hello: { name, clusters } }) => ({
        id,
        agentName: name,
        connectedAt,
        clusters,
      }));
  }

  /**
   * A stream for another worker.
   *
   * @param id - as {@link TunnelHub.report} has it
   * @throws Error when there is no such tunnel any more, or the agent opens none
   */
  async open(id: number, clusterName: string): Promise<Duplex> {
    const session = [...this.#sessions].find(other => other.id === id);
    if (!session) {
      throw new Error('the tunnel has ended');
    }
    return await session.open(clusterName);
  }

  /** The agent has a newer tunnel to another worker: it knows better than we whether the one here still works. */
  giveWay(agentName: string, connectedAt: number): void {
    for (const session of this.#sessions) {
      if (
        session.hello.name === agentName &&
        session.connectedAt < connectedAt
      ) {
        session.drain();
      }
    }
  }

  statuses(): TunnelStatus[] {
    return [...this.#sessions].map(session => ({
      ...session.status(),
      reconnects: (this.#connections.get(session.hello.name) ?? 1) - 1,
    }));
  }

  /**
   * Makes a tunnel of a connection whose upgrade was asked for; answers on it,
   * and closes it when it becomes none.
   *
   * @param remoteAddress - of the agent, as far as it can be known behind a balancer
   */
  async accept(
    request: IncomingMessage,
    socket: Duplex,
    remoteAddress: string,
  ): Promise<void> {
    const { instance, logger } = this.#options;
    if (
      this.#handshakes >= MAX_HANDSHAKES ||
      this.#isClosing ||
      !(socket instanceof Socket)
    ) {
      socket.end(
        'HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\n\r\n',
      );
      return;
    }
    this.#handshakes += 1;
    socket.setNoDelay(true).setKeepAlive(true, TCP_KEEP_ALIVE_MS);
    try {
      let agent: KnownAgent | undefined;
      const hello = await challengeAgent(request, socket, {
        instance,
        agentOf: name => {
          agent = this.#agents.get(name);
          return agent;
        },
      });
      await tellVerdict(socket, {
        accepted: true,
        instances: this.#instances,
      });
      const isKnown = isDeepStrictEqual(
        agent?.key,
        this.#agents.get(hello.name)?.key,
      );
      if (!isKnown || this.#isClosing) {
        // Revoked, or closed, while that was written.
        socket.destroy();
        return;
      }
      this.#begin({ socket, hello, remoteAddress });
    } catch (error) {
      // An agent that is connected already hangs up in the middle.
      if (error instanceof TunnelRefusedError) {
        const { message: reason } = error;
        this.#refusals += 1;
        logger.warn({ remoteAddress, reason }, 'a tunnel was refused');
        await tellVerdict(socket, { accepted: false, reason }).catch(() => {});
      }
      socket.end();
      setTimeout(() => socket.destroy(), LAST_WORD_MS).unref();
    } finally {
      this.#handshakes -= 1;
    }
  }

  /** Takes no more; resolves when the last stream has ended, or is cut after the grace, in milliseconds. */
  async close(graceMs: number): Promise<void> {
    this.#isClosing = true;
    this.#sessions.forEach(session => session.drain());
    const timer = setTimeout(
      () => this.#sessions.forEach(session => session.cut()),
      graceMs,
    );
    while (this.#sessions.size > 0) {
      await new Promise<void>(resolve => {
        this.#onceClosed = resolve;
      });
    }
    clearTimeout(timer);
  }

  #onceClosed: () => void = () => {};

  #begin(
    accepted: Pick<
      Parameters<typeof TunnelSession.open>[0],
      'socket' | 'hello' | 'remoteAddress'
    >,
  ): void {
    const { logger, onChange, now = Date.now } = this.#options;
    const { hello, remoteAddress } = accepted;
    const { name: tunnelAgent } = hello;
    const log = logger.child({ tunnelAgent, remoteAddress });
    this.#lastId += 1;
    const session: TunnelSession = TunnelSession.open({
      ...accepted,
      id: this.#lastId,
      now: now(),
      onClosed: error => {
        this.#sessions.delete(session);
        log.info({ reason: error?.message }, 'a tunnel has ended');
        this.#onceClosed();
        onChange?.();
      },
    });
    for (const other of this.#sessions) {
      if (other.hello.name === tunnelAgent) {
        // The agent has come again: it knows better than we whether that one still works.
        other.drain();
      }
    }
    this.#sessions.add(session);
    this.#connections.set(
      tunnelAgent,
      (this.#connections.get(tunnelAgent) ?? 0) + 1,
    );
    session.leaving.addEventListener('abort', () => onChange?.());
    log.info({ version: hello.version }, 'a tunnel has begun');
    onChange?.();
  }
}
