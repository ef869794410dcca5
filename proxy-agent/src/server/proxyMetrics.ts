import { collectDefaultMetrics, Gauge, Registry } from 'prom-client';

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
};

/** The proxy's metrics in a registry of their own. */
export function createProxyMetrics(state: ProxyState): Registry {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const gauge = (name: string, help: string, read: () => number) =>
    new Gauge({
      name: `kubernetes_audit_${name}`,
      help,
      registers: [registry],
      collect() {
        this.set(read());
      },
    });
  gauge('spool_records', 'Records not yet acknowledged', state.spoolDepth);
  gauge('spool_bytes', 'Bytes of the spool on the disk', state.spoolBytes);
  gauge('spool_writable', '1 when audit records can be written', () =>
    Number(state.spoolWritable()),
  );
  gauge(
    'recording_bytes',
    'Bytes of recordings that wait for the portal',
    state.recordingBytes,
  );
  gauge('sessions', 'Open exec, attach and port-forward', state.sessions);
  gauge('policy_version', 'Version of the policy', state.bundleVersion);
  gauge('policy_from_cache', '1 while the policy is unconfirmed', () =>
    Number(state.policyFromCache()),
  );
  gauge(
    'last_delivery_timestamp_seconds',
    'When the portal last took audit records',
    () => state.lastDelivery() / 1000,
  );
  return registry;
}
