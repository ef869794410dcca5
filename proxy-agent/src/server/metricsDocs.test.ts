import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Registry } from 'prom-client';
import { addReloadMetrics, createProxyMetrics } from './proxyMetrics';
import { createTunnelAgentMetrics } from './tunnelAgentMetrics';

const DOCS = resolve(__dirname, '../../../docs');

const none = () => new Map<string, number>();

/** Each page with the metrics that it lists. */
const PAGES: Record<string, () => Registry> = {
  'monitoring-proxy.md': () =>
    createProxyMetrics({
      spoolDepth: () => 0,
      spoolBytes: () => 0,
      spoolWritable: () => true,
      recordingBytes: () => 0,
      sessions: () => 0,
      bundleVersion: () => 0,
      lastDelivery: () => 0,
      policyFromCache: () => false,
      unboundClusters: () => 0,
      refusedRecords: () => 0,
      unrecordedCalls: none,
      unansweredCalls: none,
      unauthorizedCalls: none,
      refusedCalls: none,
      failedRecordings: none,
      tunnels: () => [],
      tunnelHandshakes: none,
    }),
  'setup-tunnel.md': () =>
    createTunnelAgentMetrics(() => ({
      name: 'private',
      tunnels: 0,
      streams: 0,
      begun: 0,
      failures: 0,
      lastFailure: undefined,
      calls: 0,
      refusals: 0,
      roundTripMs: 0,
      isDraining: false,
    })),
};

describe.each(Object.entries(PAGES))('docs/%s', (page, createRegistry) => {
  it('has each metric with its kind, and no other', async () => {
    const registry = createRegistry();
    addReloadMetrics(registry, () => ({
      success: 0,
      failure: 0,
      lastSuccess: 0,
    }));
    const metrics = (await registry.getMetricsAsJSON())
      .map(({ name, type }) => `${name} ${type}`)
      .filter(metric => metric.startsWith('kubernetes_audit_'));
    const documented = [
      ...readFileSync(resolve(DOCS, page), 'utf8').matchAll(
        /^\| `(kubernetes_audit_\w+)` *\| (\w+) *\|/gm,
      ),
    ].map(([, name, kind]) => `${name} ${kind}`);
    expect(documented.sort()).toEqual(metrics.sort());
  });
});
