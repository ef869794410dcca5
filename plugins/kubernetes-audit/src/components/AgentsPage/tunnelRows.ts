import type { TunnelAgentStatus } from 'backstage-plugin-kubernetes-audit-common';

/** A connection of a tunnel agent to a proxy. */
export type TunnelRow = TunnelAgentStatus['connections'][number] & {
  id: string;
};

/** One row for each connection. */
export function tunnelRows(agents: readonly TunnelAgentStatus[]): TunnelRow[] {
  return agents.flatMap(({ name, connections }) =>
    connections.map((connection, index) => ({
      ...connection,
      id: `${name}/${connection.proxy}/${index}`,
    })),
  );
}
