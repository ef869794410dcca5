import { mockCredentials, mockServices } from '@backstage/backend-test-utils';
import { once } from 'node:events';
import { createServer, IncomingMessage, ServerResponse } from 'node:http';
import { AuditedAuthStrategy } from './AuditedAuthStrategy';
import { AuditedClusters } from './AuditedClusters';
import { IssuedTokens } from './IssuedTokens';
import { PortalAccess } from './PortalAccess';

const MINUTE_MS = 60_000;

/** The audit's backend: gives each caller a new token, or answers as a test says. */
async function startBackend() {
  const seen: IncomingMessage[] = [];
  const backend = {
    seen,
    onRequest: (_request: IncomingMessage, response: ServerResponse) => {
      response.end(
        JSON.stringify({
          clusters: [
            {
              name: 'demo',
              server: 'https://proxy.example.com:6443/clusters/demo',
              certificateAuthority: 'PEM',
            },
            {
              name: 'public',
              server: 'https://public.example.com/clusters/public',
            },
          ],
          token: `token-${seen.length}`,
        }),
      );
    },
  };
  const server = createServer((request, response) => {
    seen.push(request);
    response.setHeader('content-type', 'application/json');
    backend.onRequest(request, response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') {
    throw new Error('the server does not listen');
  }
  return {
    backend,
    url: `http://127.0.0.1:${address.port}`,
    stop: () => server.close(),
  };
}

describe('AuditedClusters', () => {
  let running: Awaited<ReturnType<typeof startBackend>>;
  let now = 0;
  let clusters: AuditedClusters;
  let strategy: AuditedAuthStrategy;

  beforeEach(async () => {
    running = await startBackend();
    now = 1_700_000_000_000;
    const auth = mockServices.auth({ pluginId: 'kubernetes' });
    const tokens: IssuedTokens = new WeakMap();
    clusters = AuditedClusters.create({
      auth,
      access: PortalAccess.create({
        auth,
        discovery: mockServices.discovery.mock({
          getBaseUrl: async id => `${running.url}/api/${id}`,
        }),
        now: () => now,
      }),
      tokens,
    });
    strategy = AuditedAuthStrategy.create(tokens);
  });

  afterEach(() => running.stop());

  const of = (name: string) =>
    clusters.getClusters({
      credentials: mockCredentials.user(`user:default/${name}`),
    });
  const tokenOf = async (name: string) => {
    const [cluster] = await of(name);
    return strategy.getCredential(cluster);
  };

  it('are not asked for metrics where the portal says so', async () => {
    const auth = mockServices.auth({ pluginId: 'kubernetes' });
    const silent = AuditedClusters.create({
      auth,
      access: PortalAccess.create({
        auth,
        discovery: mockServices.discovery.mock({
          getBaseUrl: async () => running.url,
        }),
        now: () => now,
      }),
      tokens: new WeakMap(),
      skipMetricsLookup: true,
    });
    const credentials = mockCredentials.user();
    for (const cluster of await silent.getClusters({ credentials })) {
      expect(cluster.skipMetricsLookup).toBe(true);
    }
  });

  it("are the user's, at the proxy, and asked for in the user's name", async () => {
    expect(await of('jane')).toEqual([
      {
        name: 'demo',
        url: 'https://proxy.example.com:6443/clusters/demo',
        authMetadata: { 'kubernetes.io/auth-provider': 'kubernetesaudit' },
        caData: Buffer.from('PEM').toString('base64'),
      },
      {
        name: 'public',
        url: 'https://public.example.com/clusters/public',
        authMetadata: { 'kubernetes.io/auth-provider': 'kubernetesaudit' },
        caData: undefined,
      },
    ]);
    const [{ method, url, headers }] = running.backend.seen;
    expect(`${method} ${url}`).toBe(
      'POST /api/kubernetes-audit/v1/access/portal-credential',
    );
    expect(headers.authorization).toContain('"obo":"user:default/jane"');
    expect(headers.authorization).toContain('"target":"kubernetes-audit"');
  });

  it("are called with each user's own token", async () => {
    const jane = await tokenOf('jane');
    const joe = await tokenOf('joe');
    expect([jane, joe, await tokenOf('jane')]).toEqual([
      { type: 'bearer token', token: 'token-1' },
      { type: 'bearer token', token: 'token-2' },
      { type: 'bearer token', token: 'token-1' },
    ]);
  });

  it('are asked for anew after five minutes', async () => {
    await of('jane');
    now += 5 * MINUTE_MS - 1;
    await of('jane');
    expect(running.backend.seen).toHaveLength(1);
    now += 1;
    expect(await tokenOf('jane')).toMatchObject({ token: 'token-2' });
  });

  it('are asked for once by those who come at the same time', async () => {
    await Promise.all([of('jane'), of('jane'), of('jane')]);
    expect(running.backend.seen).toHaveLength(1);
  });

  it('tell nobody the token', async () => {
    const [cluster] = await of('jane');
    expect(JSON.stringify(cluster)).not.toContain('token-1');
    expect(strategy.presentAuthMetadata()).toEqual({});
  });

  it('are none of somebody who is no user', async () => {
    for (const credentials of [
      mockCredentials.service(),
      mockCredentials.none(),
    ]) {
      expect(await clusters.getClusters({ credentials })).toEqual([]);
    }
    expect(running.backend.seen).toEqual([]);
  });

  it('fail as the backend refuses, and not for longer', async () => {
    const { onRequest } = running.backend;
    running.backend.onRequest = (_request, response) => {
      response.statusCode = 403;
      response.end('{"error":{"name":"NotAllowedError","message":"no"}}');
    };
    await expect(of('jane')).rejects.toMatchObject({ statusCode: 403 });
    running.backend.onRequest = onRequest;
    expect(await of('jane')).toHaveLength(2);
  });

  it("are called in nobody else's name, nor by what the browser sends", async () => {
    const [{ authMetadata, ...cluster }] = await of('jane');
    await expect(
      strategy.getCredential({ ...cluster, authMetadata: { ...authMetadata } }),
    ).rejects.toThrow('Cluster demo was not supplied for a user');
  });
});
