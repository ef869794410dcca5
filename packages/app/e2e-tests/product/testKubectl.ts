import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  EXIT_CODE,
  PIPE_MARKER,
  SPDY_MARKER,
  TERMINAL_MARKER,
} from './markers';
import { ProductUnderTest } from './ProductUnderTest';

const OVER_SPDY = { KUBECTL_REMOTE_COMMAND_WEBSOCKETS: 'false' };

const CONFIG_MAP = (greeting: string) => `
apiVersion: v1
kind: ConfigMap
metadata:
  name: end-to-end
data:
  greeting: ${greeting}
`;

/** What a developer does with kubectl, allowed and refused. */
export function testKubectl(product: ProductUnderTest): void {
  describe('kubectl', () => {
    it('gets, creates, applies and deletes', async () => {
      const { stdout } = await product.kubectlOk(['get', 'pods']);
      assert.match(stdout, /^web\b/m);
      await product.kubectl.run(['delete', 'configmap', 'end-to-end']);
      await product.kubectlOk(['create', '--filename=-'], {
        input: CONFIG_MAP('first'),
      });
      for (const greeting of ['second', 'third']) {
        await product.kubectlOk(['apply', '--filename=-'], {
          input: CONFIG_MAP(greeting),
        });
      }
      const changed = await product.kubectlOk([
        'get',
        'configmap',
        'end-to-end',
        '--output=jsonpath={.data.greeting}',
      ]);
      assert.equal(changed.stdout, 'third');
      await product.kubectlOk(['delete', 'configmap', 'end-to-end']);
    });

    it('follows logs', async () => {
      const { stdout } = await product.kubectl.run(
        ['logs', '--follow', '--tail=1', 'web', '--container=main'],
        {
          until: new RegExp(
            `(${product.cluster.logLine.source}[^]*){2}`,
            product.cluster.logLine.flags,
          ),
        },
      );
      assert.match(stdout, product.cluster.logLine);
    });

    it('execs without a terminal and hands the exit code on', async () => {
      const { code, stdout } = await product.kubectl.run([
        'exec',
        'web',
        '--container=main',
        '--',
        'sh',
        '-c',
        `echo ${PIPE_MARKER}; exit ${EXIT_CODE}`,
      ]);
      assert.equal(stdout, `${PIPE_MARKER}\n`);
      assert.equal(code, EXIT_CODE);
    });

    it('execs with stdin', async () => {
      const input = 'line\n'.repeat(20_000);
      const { stdout } = await product.kubectlOk(
        ['exec', '--stdin', 'web', '--container=main', '--', 'cat'],
        { input },
      );
      assert.equal(stdout, input);
    });

    it('execs over SPDY', async () => {
      const { code, stdout } = await product.kubectl.run(
        [
          'exec',
          'web',
          '--container=main',
          '--',
          'sh',
          '-c',
          `echo ${SPDY_MARKER}; exit ${EXIT_CODE}`,
        ],
        { env: OVER_SPDY },
      );
      assert.equal(stdout, `${SPDY_MARKER}\n`);
      assert.equal(code, EXIT_CODE);
    });

    for (const [carrier, env] of [
      ['by default', {}],
      ['over SPDY', OVER_SPDY],
    ] as const) {
      it(`execs a shell on a terminal ${carrier}`, async () => {
        const { code, output } = await product.kubectl.runInTerminal(
          [
            'exec',
            '--stdin',
            '--tty',
            'web',
            '--container=main',
            '--',
            'sh',
            '-c',
            'echo "ready?"; read answer; echo "got-$answer"; stty size; exit 7',
          ],
          { env, prompt: /ready\?/, type: `${TERMINAL_MARKER}\r` },
        );
        assert.match(output, new RegExp(`got-${TERMINAL_MARKER}`));
        assert.equal(code, EXIT_CODE);
      });
    }

    it('tells who the cluster sees', async t => {
      if (!product.cluster.hasSelfSubjectReview) {
        t.skip('this cluster has no SelfSubjectReview');
        return;
      }
      const { stdout } = await product.kubectlOk(['auth', 'whoami']);
      assert.match(stdout, /^Username\s+guest$/m);
      assert.match(stdout, /^Groups\s+\[.*developers.*\]$/m);
      assert.match(stdout, /Extra: remote-client-ip\s+\[127\.0\.0\.1\]/);
    });

    it('acts as another user where the role allows it', async () => {
      await product.kubectlOk([
        'get',
        'pods',
        '--namespace=prod',
        '--as=reader',
        '--as-group=viewers',
      ]);
    });

    it('is refused by the proxy where a role denies', async () => {
      const { code, stderr } = await product.kubectl.run([
        'get',
        'secrets',
        '--namespace=prod',
      ]);
      assert.equal(code, 1);
      assert.match(stderr, /Forbidden/);
    });

    it('is refused by the cluster where its RBAC denies', async () => {
      const { code, stderr } = await product.kubectl.run([
        'delete',
        'pod',
        'db',
        '--namespace=prod',
      ]);
      assert.equal(code, 1);
      assert.match(stderr, /User "guest" cannot delete resource "pods"/);
    });

    for (const args of [
      ['--as=system:admin'],
      ['--as=reader', '--as-group=system:masters'],
    ]) {
      it(`never acts as the system: ${args.join(' ')}`, async () => {
        const { code, stderr } = await product.kubectl.run([
          'get',
          'pods',
          ...args,
        ]);
        assert.equal(code, 1);
        assert.match(stderr, /Forbidden/);
      });
    }
  });
}
