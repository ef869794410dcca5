import { execFile, spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { TestCluster, TOKEN } from './testing/testCluster';

const hasKubectl = spawnSync('kubectl', ['version', '--client']).status === 0;
if (!hasKubectl) {
  process.stderr.write('kubectl is not on PATH: its tests are skipped\n');
}

const manifest = JSON.stringify({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'applied', namespace: 'dev' },
  data: { a: '1' },
});

(hasKubectl ? describe : describe.skip)('with kubectl', () => {
  let cluster: TestCluster;
  let kubeconfig: string;
  beforeAll(async () => {
    cluster = await TestCluster.start();
    kubeconfig = join(cluster.folder, 'kubeconfig');
    const server = {
      server: cluster.cluster.url,
      'certificate-authority': join(cluster.folder, 'cert.pem'),
    };
    writeFileSync(
      kubeconfig,
      JSON.stringify({
        apiVersion: 'v1',
        kind: 'Config',
        'current-context': 'demo',
        clusters: [{ name: 'demo', cluster: server }],
        users: [{ name: 'guest', user: { token: TOKEN } }],
        contexts: [
          { name: 'demo', context: { cluster: 'demo', user: 'guest' } },
        ],
      }),
    );
  });
  afterAll(() => cluster.close());

  function kubectl(args: string[], input = '') {
    const all = [
      ...[`--kubeconfig=${kubeconfig}`, `--cache-dir=${cluster.folder}/cache`],
      ...['--as=guest', '--as-group=developers', '--as-group=viewers'],
      ...args,
    ];
    const env = {
      ...process.env,
      // Newer ones take a WebSocket unless told otherwise.
      KUBECTL_REMOTE_COMMAND_WEBSOCKETS: 'false',
    };
    return new Promise<{ code: number; stdout: string; stderr: string }>(
      resolve => {
        const child = execFile(
          'kubectl',
          all,
          { env },
          (error, stdout, stderr) =>
            resolve({ code: Number(error?.code ?? 0), stdout, stderr }),
        );
        child.stdin?.end(input);
      },
    );
  }

  it('gets pods of all namespaces as a table', async () => {
    const { stdout } = await kubectl(['get', 'pods', '-A']);
    const rows = stdout.trim().split('\n');
    expect(rows[0].split(/\s+/)).toEqual([
      ...['NAMESPACE', 'NAME', 'READY', 'STATUS', 'RESTARTS', 'AGE'],
    ]);
    expect(rows[1]).toMatch(/^dev +web +1\/1 +Running +0 +\d+s$/);
    expect(rows).toHaveLength(4);
  });

  it('applies, and finds nothing to change the second time', async () => {
    const apply = ['apply', '-f', '-'];
    expect(await kubectl(apply, manifest)).toMatchObject({
      stdout: 'configmap/applied created\n',
      stderr: '',
    });
    const { stdout } = await kubectl(apply, manifest);
    expect(stdout).toBe('configmap/applied unchanged\n');
  });

  it('execs over SPDY with input, output and exit code', async () => {
    const script = 'cat; echo err >&2; exit 7';
    const exec = ['exec', '-i', '-n', 'dev', 'web', '--', 'sh', '-c', script];
    expect(await kubectl(exec, 'hello\n')).toEqual({
      code: 7,
      stdout: 'hello\n',
      stderr: 'err\ncommand terminated with exit code 7\n',
    });
  });

  it('creates what newer ones send as protobuf', async () => {
    const create = ['create', 'configmap', 'made', '-n', 'dev'];
    await kubectl([...create, '--from-literal=key=value']);
    const get = ['get', 'configmap', 'made', '-n', 'dev', '-o', 'json'];
    const { stdout } = await kubectl(get);
    expect(JSON.parse(stdout).data).toEqual({ key: 'value' });
  });

  it('is told who it is, where kubectl can ask', async () => {
    const { code, stdout, stderr } = await kubectl(['auth', 'whoami']);
    if (stderr.includes('unknown command')) return;
    expect(code).toBe(0);
    expect(stdout).toMatch(/Username +guest/);
    expect(stdout).toMatch(
      /Groups +\[developers viewers system:authenticated\]/,
    );
  });

  it('is refused in the words of an API server', async () => {
    const { code, stderr } = await kubectl(['get', 'secrets', '-n', 'prod']);
    expect(code).toBe(1);
    expect(stderr).toContain(
      'Error from server (Forbidden): secrets is forbidden: User "guest" cannot list resource "secrets" in API group "" in the namespace "prod"',
    );
  });
});
