import { execFile, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TestApiServer } from '../TestApiServer';
import { TestPortal } from '../TestPortal';
import { TestProxy, until } from '../TestProxy';
import { TestAuthority } from './TestAuthority';

const hasKubectl = spawnSync('kubectl', ['version', '--client']).status === 0;

const ROLE = {
  name: 'reader',
  subjects: ['group:default/team'],
  clusters: ['*'],
  kubernetesGroups: ['viewers'],
  rules: [
    {
      effect: 'allow' as const,
      resources: ['pods'],
      nonResourceUrls: ['*'],
      verbs: ['*'],
    },
  ],
};

/** So much of an API as kubectl wants to know before it does what it is told. */
const DISCOVERY: Record<string, unknown> = {
  '/version': { major: '1', minor: '32', gitVersion: 'v1.32.3' },
  '/api': { kind: 'APIVersions', versions: ['v1'] },
  '/apis': { kind: 'APIGroupList', apiVersion: 'v1', groups: [] },
  '/api/v1': {
    kind: 'APIResourceList',
    groupVersion: 'v1',
    resources: [
      {
        name: 'pods',
        singularName: 'pod',
        namespaced: true,
        kind: 'Pod',
        verbs: ['get', 'list', 'delete'],
      },
    ],
  },
  '/api/v1/namespaces/dev/pods/web': {
    kind: 'Pod',
    apiVersion: 'v1',
    metadata: { name: 'web', namespace: 'dev' },
    spec: { containers: [{ name: 'main' }] },
    status: { phase: 'Running' },
  },
};

// Longer than kubectl takes to give up on a machine that is busy.
jest.setTimeout(60_000);

(hasKubectl ? describe : describe.skip)('kubectl prints', () => {
  let authority: TestAuthority;
  let portal: TestPortal;
  let api: TestApiServer;
  let proxy: TestProxy;
  let home: string;
  let kubeconfig: string;
  let token: string;

  beforeAll(async () => {
    home = mkdtempSync(join(tmpdir(), 'kubectl-'));
    kubeconfig = join(home, 'config');
    authority = await TestAuthority.create();
    const { certFile, keyFile } = await authority.issue('127.0.0.1');
    portal = await TestPortal.start([ROLE]);
    api = await TestApiServer.start();
    api.onRequest = (request, response) => {
      request.resume();
      const body = DISCOVERY[request.url?.split('?')[0] ?? ''];
      response.writeHead(body ? 200 : 404, {
        'content-type': 'application/json',
      });
      response.end(JSON.stringify(body ?? {}));
    };
    proxy = await TestProxy.start(portal, {
      clusters: [
        { name: 'demo', endpoint: api.url },
        { name: 'down', endpoint: 'http://127.0.0.1:1' },
      ],
      server: { host: '127.0.0.1', port: 0, tls: { certFile, keyFile } },
    });
    token = await portal.issue();
  });
  afterAll(async () => {
    await proxy.stop();
    await portal.stop();
    await api.stop();
    authority.remove();
    rmSync(home, { recursive: true });
  });

  const writeKubeconfig = (credential: string) =>
    writeFileSync(
      kubeconfig,
      JSON.stringify({
        'current-context': 'c',
        contexts: [{ name: 'c', context: { cluster: 'k', user: 'u' } }],
        clusters: [
          {
            name: 'k',
            cluster: {
              server: `https://127.0.0.1:${proxy.port}/clusters/demo`,
              'certificate-authority': authority.caFile,
            },
          },
        ],
        users: [{ name: 'u', user: { token: credential } }],
      }),
    );

  const kubectl = async (args: string[], credential = token) => {
    writeKubeconfig(credential);
    return await new Promise<string>(resolve => {
      execFile(
        'kubectl',
        ['--kubeconfig', kubeconfig, ...args],
        { env: { ...process.env, HOME: home }, timeout: 30_000 },
        (error, stdout, stderr) =>
          resolve(`${error ? 'failed: ' : ''}${stdout}${stderr}`),
      );
    });
  };

  it('the rule that denied', async () => {
    expect(
      await kubectl([
        'get',
        '--raw',
        '/clusters/demo/api/v1/namespaces/dev/secrets',
      ]),
    ).toMatch(
      /^failed: Error from server \(Forbidden\): guest cannot list resource "secrets" .*role "reader".*\n$/,
    );
  });

  it('that there is no such cluster', async () => {
    expect(await kubectl(['get', '--raw', '/clusters/none/api'])).toBe(
      'failed: Error from server (NotFound): this proxy has no cluster "none"\n',
    );
  });

  it('what is wrong with a URL', async () => {
    expect(
      await kubectl(['get', '--raw', '/clusters/demo/api/v1/pods/a%00b']),
    ).toMatch(
      /^failed: Error from server \(BadRequest\): Invalid request URL: /,
    );
  });

  it('that a credential is not accepted, and why', async () => {
    expect(
      await kubectl(['get', '--raw', '/clusters/demo/api'], 'nobody'),
    ).toMatch(
      /^failed: error: You must be logged in to the server \(the credential is not one that this portal issued for this proxy\)\n$/,
    );
  });

  it('that the API server cannot be reached', async () => {
    expect(await kubectl(['get', '--raw', '/clusters/down/api'])).toBe(
      'failed: Error from server (InternalError): the API server of cluster "down" cannot be reached: it refuses connections\n',
    );
  });

  it('the rule that denied an exec', async () => {
    expect(
      await kubectl(['exec', '-n', 'dev', 'web', '-c', 'main', '--', 'ls']),
    ).toMatch(
      /^failed: .*guest cannot create resource "pods\/exec" .*role "reader".*\n$/,
    );
  });

  it('what it was asked for when nothing is refused', async () => {
    expect(
      await kubectl(['get', 'pod', '-n', 'dev', 'web', '-o', 'name']),
    ).toBe('pod/web\n');
  });

  it('nothing of what passes through its own proxy', async () => {
    writeKubeconfig(token);
    const child = spawn(
      'kubectl',
      ['--kubeconfig', kubeconfig, 'proxy', '--port=0'],
      { env: { ...process.env, HOME: home } },
    );
    let output = '';
    child.stdout.on('data', chunk => {
      output += chunk;
    });
    const port = /127\.0\.0\.1:(\d+)/;
    await until(() => port.test(output), 'kubectl proxy to listen');
    // By itself it does not add the path of the kubeconfig.
    const url = `http://127.0.0.1:${port.exec(output)?.[1]}/clusters/demo`;
    const pod = await fetch(`${url}/api/v1/namespaces/dev/pods/web`);
    expect(await pod.json()).toMatchObject({ kind: 'Pod' });
    const secrets = await fetch(`${url}/api/v1/namespaces/dev/secrets`);
    expect(secrets.status).toBe(403);
    expect(await secrets.json()).toMatchObject({
      kind: 'Status',
      reason: 'Forbidden',
    });
    await new Promise(resolve => {
      child.once('close', resolve);
      child.kill();
    });
  });
});
