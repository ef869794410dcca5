import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TEST_CLUSTER } from './support/repository';
import { testProduct } from './product/testProduct';

const PORT_BASE = Number(process.env.E2E_PORT_BASE ?? 21_400);

testProduct({
  title: 'the demo with its own cluster',
  portBase: PORT_BASE,
  // A real cluster is better for it.
  withReplays: !existsSync(TEST_CLUSTER),
  withAccessibility: true,
  withKubernetesPlugin: true,
  directory: join(tmpdir(), `kubernetes-audit-e2e-demo-${PORT_BASE}`),
  startCluster: async () => ({
    name: 'demo',
    env: {},
    hasWebSocketV5: true,
    hasSelfSubjectReview: true,
    isWhole: false,
    logLine: /\S/,
    stop: async () => {},
  }),
});
