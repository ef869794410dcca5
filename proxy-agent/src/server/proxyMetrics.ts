import {
  Aggregator,
  collectDefaultMetrics,
  Counter,
  Gauge,
  Registry,
} from 'prom-client';
import type { TunnelStatus } from 'backstage-plugin-kubernetes-audit-common';

/** What the metrics tell of: read at each scrape. */
export type ProxyState = {
  spoolDepth: () => number;
  spoolBytes: () => number;
  spoolWritable: () => boolean;
  recordingBytes: () => number;
  sessions: () => number;
  bundleVersion: () => number;
  /** When the portal last took a batch, in milliseconds since 1970; 0 for never. */
  lastDelivery: () => number;
  /** Whether the portal has confirmed the policy since the start. */
  policyFromCache: () => boolean;
  unboundClusters: () => number;
  refusedRecords: () => number;
  /** Calls of `best-effort` clusters that were not recorded, by cluster. */
  unrecordedCalls: () => ReadonlyMap<string, number>;
  /** Calls that an API server has not answered, by cluster. */
  unansweredCalls: () => ReadonlyMap<string, number>;
  /** Calls that an API server has answered with 401 to the proxy, by cluster. */
  unauthorizedCalls: () => ReadonlyMap<string, number>;
  /** Calls that the proxy has answered in the place of a cluster, by status code. */
  refusedCalls: () => ReadonlyMap<string, number>;
  /** Sessions that ended because they could not be recorded any more, by cluster. */
  failedRecordings: () => ReadonlyMap<string, number>;
  /** Those that end in this process. */
  tunnels: () => TunnelStatus[];
  /** Handshakes of tunnel agents, by result. */
  tunnelHandshakes: () => ReadonlyMap<string, number>;
};

/** What became of the reloads of the configuration. */
export type ReloadState = {
  success: number;
  failure: number;
  /** Milliseconds since 1970. */
  lastSuccess: number;
};

/** The proxy's metrics in a registry of their own. */
export function createProxyMetrics(state: ProxyState): Registry {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const gauge = (
    name: string,
    help: string,
    read: () => number,
    aggregator?: Aggregator,
  ) => addGauge(registry, { name, help, read, aggregator });
  gauge('spool_records', 'Records not yet acknowledged', state.spoolDepth);
  gauge('spool_bytes', 'Bytes of the spool on the disk', state.spoolBytes);
  gauge(
    'spool_writable',
    '1 when audit records can be written',
    () => Number(state.spoolWritable()),
    'min',
  );
  gauge(
    'recording_bytes',
    'Bytes of recordings that wait for the portal',
    state.recordingBytes,
  );
  gauge(
    'unbound_clusters',
    'Clusters that are not served, since the portal takes no records of them',
    state.unboundClusters,
    'max',
  );
  gauge(
    'refused_records',
    'Records that the portal refused for good, kept beside the spool',
    state.refusedRecords,
  );
  gauge('sessions', 'Open exec, attach and port-forward', state.sessions);
  gauge('policy_version', 'Version of the policy', state.bundleVersion, 'min');
  gauge(
    'policy_from_cache',
    '1 while the policy is unconfirmed',
    () => Number(state.policyFromCache()),
    'max',
  );
  gauge(
    'last_delivery_timestamp_seconds',
    'When the portal last took audit records',
    () => state.lastDelivery() / 1000,
    'max',
  );
  addCounter(registry, {
    name: 'unrecorded_calls_total',
    help: 'Calls of best-effort clusters that were not recorded',
    label: 'cluster',
    read: state.unrecordedCalls,
  });
  addCounter(registry, {
    name: 'upstream_unanswered_total',
    help: 'Calls that the API server did not answer',
    label: 'cluster',
    read: state.unansweredCalls,
  });
  addCounter(registry, {
    name: 'upstream_unauthorized_total',
    help: 'Calls for which the API server did not accept the credential of the proxy, or of the tunnel agent',
    label: 'cluster',
    read: state.unauthorizedCalls,
  });
  addCounter(registry, {
    name: 'refused_calls_total',
    help: 'Calls that the proxy has answered itself',
    label: 'code',
    read: state.refusedCalls,
  });
  addCounter(registry, {
    name: 'recording_failures_total',
    help: 'Sessions that ended because they could not be recorded any more',
    label: 'cluster',
    read: state.failedRecordings,
  });
  addTunnelMetrics(registry, state);
  return registry;
}

function addTunnelMetrics(
  registry: Registry,
  state: Pick<ProxyState, 'tunnels' | 'tunnelHandshakes'>,
): void {
  const add = (
    name: string,
    help: string,
    of: (tunnel: TunnelStatus) => number,
  ) =>
    addGauge(registry, {
      name,
      help,
      read: () => state.tunnels().reduce((sum, tunnel) => sum + of(tunnel), 0),
    });
  // An agent that comes again leaves one to end by itself.
  add('tunnels', 'Tunnel agents that are connected', ({ draining }) =>
    Number(!draining),
  );
  add(
    'tunnel_streams',
    'Connections to API servers that are open through tunnels',
    ({ streams }) => streams,
  );
  add(
    'tunnel_received_bytes',
    'Bytes received over the tunnels that are open',
    ({ receivedBytes }) => receivedBytes,
  );
  add(
    'tunnel_sent_bytes',
    'Bytes sent over the tunnels that are open',
    ({ sentBytes }) => sentBytes,
  );
  addGauge(registry, {
    name: 'tunnel_round_trip_seconds',
    help: 'Round-trip time of the slowest tunnel',
    read: () =>
      Math.max(0, ...state.tunnels().map(t => t.roundTripMs ?? 0)) / 1000,
    aggregator: 'max',
  });
  addCounter(registry, {
    name: 'tunnel_handshakes_total',
    help: 'Handshakes of tunnel agents',
    label: 'result',
    read: state.tunnelHandshakes,
  });
}

/** Adds what is known of reloads of the configuration. */
export function addReloadMetrics(
  registry: Registry,
  state: () => ReloadState,
): void {
  addCounter(registry, {
    name: 'config_reloads_total',
    help: 'Reloads of the configuration',
    label: 'result',
    read: () => {
      const { success, failure } = state();
      return new Map(Object.entries({ success, failure }));
    },
  });
  addGauge(registry, {
    name: 'config_last_success_timestamp_seconds',
    help: 'When a configuration was last taken over',
    read: () => state().lastSuccess / 1000,
    aggregator: 'min',
  });
}

/** @param aggregator - what several workers' values make; their sum by default */
export function addGauge(
  registry: Registry,
  options: {
    name: string;
    help: string;
    read: () => number;
    aggregator?: Aggregator;
  },
): void {
  const { name, help, read, aggregator = 'sum' } = options;
  const gauge: Gauge = new Gauge({
    name: `kubernetes_audit_${name}`,
    help,
    registers: [registry],
    aggregator,
    collect: (): void => gauge.set(read()),
  });
}

export function addCounter(
  registry: Registry,
  options: {
    name: string;
    help: string;
    label: string;
    /** The count of each value of the label. */
    read: () => ReadonlyMap<string, number>;
  },
): void {
  const { name, help, label, read } = options;
  const counter: Counter = new Counter({
    name: `kubernetes_audit_${name}`,
    help,
    labelNames: [label],
    registers: [registry],
    collect: (): void => {
      counter.reset();
      read().forEach((count, value) => counter.inc({ [label]: value }, count));
    },
  });
}
