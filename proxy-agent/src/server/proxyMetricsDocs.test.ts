import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { addReloadMetrics, createProxyMetrics } from './proxyMetrics';

const DOCS = resolve(__dirname, '../../../docs/monitoring-proxy.md');

describe('docs/monitoring-proxy.md', () => {
  it('has each metric with its kind, and no other', async () => {
    const none = () => new Map<string, number>();
    const registry = createProxyMetrics({
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
    });
    addReloadMetrics(registry, () => ({
      success: 0,
      failure: 0,
      lastSuccess: 0,
    }));
    const metrics = (await registry.getMetricsAsJSON())
      .map(({ name, type }) => `${name} ${type}`)
      .filter(metric => metric.startsWith('kubernetes_audit_'));
    const documented = [
      ...readFileSync(DOCS, 'utf8').matchAll(
        /^\| `(kubernetes_audit_\w+)` *\| (\w+) *\|/gm,
      ),
    ].map(([, name, kind]) => `${name} ${kind}`);
    expect(documented.sort()).toEqual(metrics.sort());
  });
});
