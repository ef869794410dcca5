import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { addReloadMetrics } from './proxyMetrics';
import { createTunnelAgentMetrics } from './tunnelAgentMetrics';

const DOCS = resolve(__dirname, '../../../docs/setup-tunnel.md');

describe('docs/setup-tunnel.md', () => {
  it('has each metric with its kind, and no other', async () => {
    const registry = createTunnelAgentMetrics(() => ({
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
    }));
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
