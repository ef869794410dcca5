import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { testProduct } from './product/testProduct';

const PORT_BASE = Number(process.env.E2E_PORT_BASE ?? 21_400);

testProduct({
  title: 'the demo with its own cluster',
  portBase: PORT_BASE,
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
