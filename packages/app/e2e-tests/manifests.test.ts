import { execFile } from 'node:child_process';
import {
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { promisify } from 'node:util';
import type { ClusterUnderTest } from './support/ClusterUnderTest';
import { findKubectl } from './support/findKubectl';
import { REPOSITORY, TEST_CLUSTER } from './support/repository';
import { startTestCluster } from './support/startTestCluster';

const PORT_BASE = Number(process.env.E2E_PORT_BASE ?? 21_400) + 40;
const EXAMPLES = resolve(REPOSITORY, 'examples/kubernetes');
const FILES = [
  'rbac',
  'configmap',
  'statefulset',
  'service',
  'poddisruptionbudget',
  'networkpolicy',
];
/** What the old API server calls by another version, with the same fields. */
const OLDER: [string, string] = ['policy/v1', 'policy/v1beta1'];

if (existsSync(TEST_CLUSTER)) {
  describe('the manifests', () => {
    const directory = mkdtempSync(
      join(tmpdir(), 'kubernetes-audit-manifests-'),
    );
    let cluster: ClusterUnderTest;
    let kubectl: (...args: string[]) => Promise<string>;

    before(async () => {
      cluster = await startTestCluster(TEST_CLUSTER, PORT_BASE);
      const program = findKubectl();
      kubectl = async (...args) => {
        const { stdout } = await promisify(execFile)(program, [
          `--kubeconfig=${cluster.adminKubeconfig}`,
          ...args,
        ]);
        return stdout;
      };
      // What is in a namespace that is not there is refused, whatever it is.
      await kubectl('apply', '-f', join(EXAMPLES, 'proxy/namespace.yaml'));
    });

    after(async () => {
      rmSync(directory, { recursive: true, force: true });
      await cluster?.stop();
    });

    for (const folder of ['proxy', 'tunnel']) {
      for (const name of FILES) {
        test(`an API server accepts ${folder}/${name}.yaml`, async () => {
          const file = join(directory, `${folder}-${name}.yaml`);
          const text = readFileSync(
            join(EXAMPLES, folder, `${name}.yaml`),
            'utf8',
          );
          writeFileSync(file, text.replace(...OLDER));
          // Fields that it does not know would be dropped without a word.
          await kubectl(
            'apply',
            '--dry-run=server',
            '--validate=true',
            '-f',
            file,
          );
        });
      }
    }
  });
} else {
  test('the manifests are accepted by an API server', t =>
    t.skip('there is no ../shared/cluster'));
}
