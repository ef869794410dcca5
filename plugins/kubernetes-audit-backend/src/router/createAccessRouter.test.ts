import {
  createMockDirectory,
  TestDatabases,
} from '@backstage/backend-test-utils';
import { jwtVerify } from 'jose';
import { credentialClaimsSchema } from 'backstage-plugin-kubernetes-audit-common';
import { parse } from 'yaml';
import {
  bundleOf,
  issue,
  jwks,
  PEM,
  startAccess,
} from '../__testUtils__/startAccess';
import { agentHeaders, BASE, userHeaders } from '../__testUtils__/startPlugin';

jest.setTimeout(60_000);

describe('access', () => {
  const databases = TestDatabases.create({ ids: ['POSTGRES_18', 'SQLITE_3'] });
  const directory = createMockDirectory();

  const start = (options: Partial<Parameters<typeof startAccess>[0]> = {}) =>
    startAccess({ recordings: directory.path, ...options });

  it.each(databases.eachSupportedId())(
    'is given by a kubeconfig whose credential verifies by the published keys, %p',
    async databaseId => {
      const backend = await start({ knex: await databases.init(databaseId) });
      const answer = await issue(backend);
      expect(answer.status).toBe(200);
      expect(answer.headers['cache-control']).toBe('no-store');
      const { kubeconfig, credential } = answer.body;
      const config = parse(kubeconfig);
      expect(config).toEqual({
        apiVersion: 'v1',
        kind: 'Config',
        clusters: [
          {
            name: 'dev-1',
            cluster: {
              server: 'https://proxy.example.com:6443/clusters/dev-1',
              'certificate-authority-data': Buffer.from(PEM).toString('base64'),
            },
          },
        ],
        users: [{ name: 'jane', user: { token: expect.any(String) } }],
        contexts: [
          { name: 'dev-1', context: { cluster: 'dev-1', user: 'jane' } },
        ],
        'current-context': 'dev-1',
      });
      const { payload, protectedHeader } = await jwtVerify(
        config.users[0].user.token,
        await jwks(backend),
        {
          issuer: (await bundleOf(backend)).issuer,
          audience: 'default',
          algorithms: ['ES256'],
        },
      );
      expect(protectedHeader.kid).toBeDefined();
      const claims = credentialClaimsSchema.parse(payload);
      expect(claims).toMatchObject({
        sub: 'user:default/jane',
        jti: credential.id,
        kubernetesUser: 'jane',
        email: 'jane@example.com',
        name: 'Jane',
        groups: ['user:default/jane', 'group:default/developers'],
      });
      expect(claims.exp - claims.iat).toBe(3600);
      expect(new Date(claims.exp * 1000).toISOString()).toBe(
        credential.expiresAt,
      );
    },
  );

  it("is given to the portal's own Kubernetes plugin for the user before it, for a short time", async () => {
    const backend = await start();
    const principal = JSON.stringify({
      sub: 'user:default/jane',
      actor: { subject: 'plugin:kubernetes' },
    });
    const { body, headers } = await backend.api
      .post(`${BASE}/v1/access/portal-credential`)
      .set({ authorization: `Bearer mock-user-token:${principal}` })
      .expect(200);
    expect(headers['cache-control']).toBe('no-store');
    expect(body).toEqual({
      clusters: [
        {
          name: 'dev-1',
          server: 'https://proxy.example.com:6443/clusters/dev-1',
          certificateAuthority: PEM,
        },
      ],
      token: expect.any(String),
    });
    const { payload } = await jwtVerify(body.token, await jwks(backend));
    const claims = credentialClaimsSchema.parse(payload);
    expect(claims).toMatchObject({
      sub: 'user:default/jane',
      connectedFrom: 'Portal',
    });
    expect(claims.exp - claims.iat).toBe(15 * 60);
    // It can be taken away as any other.
    const { body: list } = await backend.api
      .get(`${BASE}/v1/access/credentials`)
      .set(userHeaders('jane'));
    expect(list.items).toEqual([expect.objectContaining({ id: claims.jti })]);
  });

  it.each([undefined, 'plugin:scaffolder'])(
    'is no credential of the portal where %s asks for it',
    async subject => {
      const { api } = await start();
      const principal = JSON.stringify({
        sub: 'user:default/jane',
        actor: subject && { subject },
      });
      await api
        .post(`${BASE}/v1/access/portal-credential`)
        .set({ authorization: `Bearer mock-user-token:${principal}` })
        .expect(403);
      const { body } = await api
        .get(`${BASE}/v1/access/credentials`)
        .set(userHeaders('jane'));
      expect(body.items).toEqual([]);
    },
  );

  it('is described before it is given', async () => {
    const { api } = await start();
    const { body } = await api
      .get(`${BASE}/v1/access`)
      .set(userHeaders('jane'));
    expect(body).toEqual({
      clusters: [
        {
          name: 'dev-1',
          server: 'https://proxy.example.com:6443/clusters/dev-1',
          roles: ['developer'],
        },
      ],
      roles: [
        {
          name: 'developer',
          kubernetesGroups: ['developers'],
          rules: [expect.objectContaining({ effect: 'allow', verbs: ['*'] })],
          impersonation: { users: [], groups: [] },
          conditions: {},
          session: expect.objectContaining({ idleTimeout: '15m' }),
        },
      ],
      userEntityRef: 'user:default/jane',
      mayManage: false,
      credentialLifetimeMs: 3600_000,
      loginLifetimeMs: 7 * 24 * 3600_000,
    });
  });

  it('is given for single clusters, and for none that the caller does not reach', async () => {
    const backend = await start();
    const { body } = await issue(backend).send({ clusters: ['dev-1'] });
    expect(parse(body.kubeconfig).contexts).toHaveLength(1);
    const refused = await issue(backend).send({ clusters: ['demo'] });
    expect(refused.status).toBe(404);
    const { body: list } = await backend.api
      .get(`${BASE}/v1/access/credentials`)
      .set(userHeaders('jane'));
    expect(list.items).toHaveLength(1);
    expect((await issue(backend).send({ clusters: [] })).status).toBe(400);
  });

  it.each([
    ['v1', { interactiveMode: 'Never' }],
    ['v1beta1', {}],
  ] as const)(
    'is given by a kubeconfig without a credential that signs in by %s',
    async (execApiVersion, more) => {
      const backend = await start();
      const { body } = await issue(backend).send({
        credential: 'login',
        execApiVersion,
      });
      expect(body.credential).toBeUndefined();
      expect(parse(body.kubeconfig).users).toEqual([
        {
          name: 'jane',
          user: {
            exec: {
              apiVersion: `client.authentication.k8s.io/${execApiVersion}`,
              command: 'kubernetes-audit-agent',
              args: ['login', '--portal', (await bundleOf(backend)).issuer],
              installHint: expect.any(String),
              ...more,
            },
          },
        },
      ]);
    },
  );

  it('is given to a user whom the catalog does not know, without e-mail', async () => {
    const backend = await start();
    const { body } = await issue(backend, 'stranger');
    const { token } = parse(body.kubeconfig).users[0].user;
    const { payload } = await jwtVerify(token, await jwks(backend));
    expect(payload.kubernetesUser).toBe('stranger');
    expect(payload).not.toHaveProperty('email');
  });

  it('is taken away by revocation, which the bundle carries', async () => {
    const backend = await start();
    const { api } = backend;
    const { credential } = (await issue(backend)).body;
    const before = await bundleOf(backend);
    expect(before.revocations.credentials).toEqual([]);
    const url = `${BASE}/v1/access/credentials`;

    await api
      .delete(`${url}/${credential.id}`)
      .set(userHeaders('john'))
      .expect(403);
    await api
      .delete(`${url}/${credential.id}`)
      .set(userHeaders('jane'))
      .expect(204);
    const { body } = await api.get(url).set(userHeaders('jane'));
    expect(body.items).toEqual([
      { ...credential, revokedAt: expect.any(String) },
    ]);
    await api
      .delete(`${url}/${credential.id}`)
      .set(userHeaders('jane'))
      .expect(204);
    const again = await api.get(url).set(userHeaders('jane'));
    expect(again.body).toEqual(body);
  });

  it('shows when a proxy was last called with it', async () => {
    const backend = await start();
    const { id } = (await issue(backend)).body.credential;
    const tell = (usedAt: string) =>
      backend.api
        .post(`${BASE}/v1/agent/heartbeat`)
        .set(agentHeaders())
        .send({
          version: '1',
          clusters: [],
          credentialUses: [{ id, usedAt }],
        })
        .expect(200);
    const lastUse = async () => {
      const { body } = await backend.api
        .get(`${BASE}/v1/access/credentials`)
        .set(userHeaders('jane'));
      return body.items[0].lastUsedAt;
    };
    expect(await lastUse()).toBeUndefined();
    await tell('2026-11-20T02:00:00.000Z');
    await tell('2026-11-19T02:00:00.000Z');
    expect(await lastUse()).toBe('2026-11-20T02:00:00.000Z');
    // No clock is believed that is ahead.
    await tell('2999-01-01T00:00:00.000Z');
    expect(Date.parse(await lastUse())).toBeLessThanOrEqual(Date.now());
  });

  it('is listed to oneself, and to administrators of everyone', async () => {
    const backend = await start();
    await issue(backend, 'jane');
    await issue(backend, 'john');
    const list = async (user: string, query = {}) => {
      const { status, body } = await backend.api
        .get(`${BASE}/v1/access/credentials`)
        .query(query)
        .set(userHeaders(user));
      return status === 200
        ? body.items.map(
            ({ userEntityRef }: { userEntityRef: string }) => userEntityRef,
          )
        : status;
    };
    expect(await list('jane')).toEqual(['user:default/jane']);
    expect((await list('admin')).sort()).toEqual([
      'user:default/jane',
      'user:default/john',
    ]);
    const onlyJohn = { user: 'user:default/john' };
    expect(await list('admin', onlyJohn)).toEqual(['user:default/john']);
    expect(await list('jane', onlyJohn)).toBe(403);
    expect(await list('admin', { search: 'JOHN' })).toEqual([
      'user:default/john',
    ]);
    expect(await list('jane', { search: 'john' })).toEqual([]);
    expect(await list('jane', { state: 'ended' })).toEqual([]);
    expect(await list('jane', { state: 'valid' })).toHaveLength(1);
    expect(await list('jane', { state: 'x' })).toBe(400);
    expect(await list('jane', { cursor: 'x' })).toBe(400);
    const url = `${BASE}/v1/access/credentials`;
    const { body: first } = await backend.api
      .get(url)
      .query({ limit: 1 })
      .set(userHeaders());
    expect(first.items).toHaveLength(1);
    const { body: second } = await backend.api
      .get(url)
      .query({ limit: 1, cursor: first.nextCursor })
      .set(userHeaders());
    expect(second.items).toHaveLength(1);
    expect(second.items).not.toEqual(first.items);
    expect(second.nextCursor).toBeUndefined();
    const [{ id }] = (await backend.api.get(url).set(userHeaders('john'))).body
      .items;
    await backend.api.delete(`${url}/${id}`).set(userHeaders()).expect(204);
    await backend.api.delete(`${url}/x`).set(userHeaders()).expect(404);
  });

  it('is not for services, and leaves entries in the audit log', async () => {
    const backend = await start();
    await backend.api
      .post(`${BASE}/v1/access/kubeconfig`)
      .set(agentHeaders())
      .expect(403);
    await issue(backend);
    expect(backend.audited).toMatchObject([
      { eventId: 'credential-issue', status: 'succeeded' },
    ]);
  });

  it('leaves all but the public keys behind credentials', async () => {
    const { api } = await start();
    const anonymous = { authorization: 'Bearer mock-none-token' };
    for (const path of [
      '/v1/access',
      '/v1/agents',
      '/v1/agent/bundle',
      '/v1/events',
      '/.well-known/other',
    ]) {
      expect((await api.get(`${BASE}${path}`).set(anonymous)).status).toBe(401);
    }
  });
});
