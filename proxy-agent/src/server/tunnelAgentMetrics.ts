import { collectDefaultMetrics, Registry } from 'prom-client';
import type { TunnelAgentState } from '../tunnel';
import type { Readiness } from './AdminServer';
import { addCounter, addGauge } from './proxyMetrics';

/** The tunnel agent's metrics in a registry of their own; the state is read at each scrape. */
export function createTunnelAgentMetrics(
  state: () => TunnelAgentState,
): Registry {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const gauge = (name: string, help: string, read: () => number) =>
    addGauge(registry, { name: `tunnel_agent_${name}`, help, read });
  gauge('tunnels', 'Proxies that are connected', () => state().tunnels);
  gauge(
    'streams',
    'Connections to API servers that are open for proxies',
    () => state().streams,
  );
  gauge(
    'round_trip_seconds',
    'Of the slowest tunnel',
    () => state().roundTripMs / 1000,
  );
  addCounter(registry, {
    name: 'tunnel_agent_events_total',
    help: 'Tunnels that have begun, attempts that failed, calls that were forwarded and that were refused',
    label: 'event',
    read: () => {
      const { begun, failures, calls, refusals } = state();
      return new Map(
        Object.entries({
          tunnel_begun: begun,
          attempt_failed: failures,
          call: calls,
          call_refused: refusals,
        }),
      );
    },
  });
  return registry;
}

/** Whether the tunnel agent carries calls, and if not, why. */
export function tunnelAgentReadiness(state: TunnelAgentState): Readiness[] {
  const { name, tunnels, lastFailure, isDraining } = state;
  return [
    { name: 'joined', ready: name !== undefined, detail: name ?? lastFailure },
    {
      name: 'tunnels',
      ready: tunnels > 0,
      detail: tunnels > 0 ? `${tunnels}` : lastFailure,
    },
    { name: 'serving', ready: !isDraining },
  ];
}
