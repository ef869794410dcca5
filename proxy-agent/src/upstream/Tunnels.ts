import type { Duplex } from 'node:stream';

/** A connected agent, as a way to one cluster. */
export interface TunnelPath {
  readonly agentName: string;
  /** URL of the API server, as the agent has it. */
  readonly endpoint: string;
  /** Aborted when it takes nothing more: it drains, or has gone. */
  readonly leaving: AbortSignal;

  /**
   * A connection on which the agent answers as the API server would.
   *
   * @throws Error when it cannot be made, or the signal comes first
   */
  open(signal?: AbortSignal): Promise<Duplex>;
}

/** The ways to clusters that accept no connections: see the tunnel room. */
export interface Tunnels {
  /** Those to a cluster through agents that have all of these tags; the same object for the same way. */
  paths(
    clusterName: string,
    tags: Record<string, string>,
  ): readonly TunnelPath[];
}

/** Where there are no tunnels. */
export const NO_TUNNELS: Tunnels = { paths: () => [] };
