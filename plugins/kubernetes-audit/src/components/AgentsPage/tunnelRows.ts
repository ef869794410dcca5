import type { TunnelAgentStatus } from 'backstage-plugin-kubernetes-audit-common';

/** A connection of a tunnel agent to a proxy, or an agent that has none. */
export type TunnelRow = {
  id: string;
  agent: TunnelAgentStatus;
  connection: TunnelAgentStatus['connections'][number] | undefined;
};

/** One row for each connection, and one for each agent that has none. */
export function tunnelRows(agents: readonly TunnelAgentStatus[]): TunnelRow[] {
  return agents.flatMap((agent): TunnelRow[] =>
    agent.connections.length === 0
      ? [{ id: agent.name, agent, connection: undefined }]
      : agent.connections.map((connection, index) => ({
          id: `${agent.name}/${connection.proxy}/${index}`,
          agent,
          connection,
        })),
  );
}
