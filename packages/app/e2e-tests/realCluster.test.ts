import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import { REPOSITORY } from './support/repository';
import { startTestCluster } from './support/startTestCluster';
import { testProduct } from './product/testProduct';

const PORT_BASE = Number(process.env.E2E_PORT_BASE ?? 21_400) + 20;

/** A small Kubernetes that comes with the workspace, not with the repository. */
const TEST_CLUSTER = resolve(REPOSITORY, '../shared/cluster');

if (existsSync(TEST_CLUSTER)) {
  testProduct({
    title: 'the demo with a real cluster',
    portBase: PORT_BASE,
    directory: join(tmpdir(), `kubernetes-audit-e2e-demo-${PORT_BASE}`),
    startCluster: () => startTestCluster(TEST_CLUSTER, PORT_BASE + 10),
  });
} else {
  test('the demo with a real cluster', t =>
    t.skip('there is no ../shared/cluster'));
}
