import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { TEST_CLUSTER } from './support/repository';
import { startTestCluster } from './support/startTestCluster';
import { testProduct } from './product/testProduct';

const PORT_BASE = Number(process.env.E2E_PORT_BASE ?? 21_400) + 20;

if (existsSync(TEST_CLUSTER)) {
  testProduct({
    title: 'the demo with a real cluster',
    portBase: PORT_BASE,
    withReplays: true,
    withAccessibility: false,
    withKubernetesPlugin: false,
    directory: join(tmpdir(), `kubernetes-audit-e2e-demo-${PORT_BASE}`),
    startCluster: () => startTestCluster(TEST_CLUSTER, PORT_BASE + 10),
  });
} else {
  test('the demo with a real cluster', t =>
    t.skip('there is no ../shared/cluster'));
}
