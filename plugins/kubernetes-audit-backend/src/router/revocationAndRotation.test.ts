import {
  createMockDirectory,
  TestDatabases,
} from '@backstage/backend-test-utils';
import {
  createLocalJWKSet,
  decodeJwt,
  decodeProtectedHeader,
  jwtVerify,
} from 'jose';
import {
  Credential,
  credentialClaimsSchema,
} from 'backstage-plugin-kubernetes-audit-common';
import { parse } from 'yaml';
import { bundleOf, issue, startAccess } from '../__testUtils__/startAccess';
import { agentHeaders, BASE, userHeaders } from '../__testUtils__/startPlugin';

jest.setTimeout(60_000);

/** In so long a revocation must be on its way to proxies, in milliseconds. */
const MAX_LATENCY_MS = 5_000;

describe('access', () => {
  const databases = TestDatabases.create({ ids: ['POSTGRES_18', 'SQLITE_3'] });
  const directory = createMockDirectory();
  const start = (options: Partial<Parameters<typeof startAccess>[0]> = {}) =>
    startAccess({ recordings: directory.path, ...options });
  type Backend = Awaited<ReturnType<typeof start>>;

  describe('of a user', () => {
    const url = `${BASE}/v1/access/revocations`;
    const revoke = (
      { api }: Backend,
      userEntityRef: unknown,
      caller = userHeaders(),
    ) => api.post(url).set(caller).send({ userEntityRef });
    const claimsOf = (kubeconfig: string) => {
      const { token } = parse(kubeconfig).users[0].user;
      return credentialClaimsSchema.parse(decodeJwt(token));
    };

    it.each(databases.eachSupportedId())(
      'is taken away whole, and given anew at once, %p',
      async databaseId => {
        const backend = await start({ knex: await databases.init(databaseId) });
        const before = (await issue(backend)).body;
        await issue(backend, 'john');
        const { body: revocation } = await revoke(
          backend,
          'User:default/Jane',
        ).expect(200);
        expect(revocation).toEqual({
          userEntityRef: 'user:default/jane',
          revokedAt: expect.any(String),
          expiresAt: expect.any(String),
        });
        const after = (await issue(backend)).body;

        const { revocations } = await bundleOf(backend);
        expect(revocations.credentials).toEqual([]);
        const [{ entityRef, issuedBefore }] = revocations.users;
        expect(entityRef).toBe('user:default/jane');
        expect(claimsOf(before.kubeconfig).iat).toBeLessThan(issuedBefore);
        expect(claimsOf(after.kubeconfig).iat).toBeGreaterThanOrEqual(
          issuedBefore,
        );

        const { body } = await backend.api
          .get(`${BASE}/v1/access/credentials`)
          .set(userHeaders());
        const revokedIds = body.items
          .filter(({ revokedAt }: Credential) => revokedAt !== undefined)
          .map(({ id }: Credential) => id);
        expect(revokedIds).toEqual([before.credential.id]);
        expect(body.items).toHaveLength(3);
        const list = await backend.api.get(url).set(userHeaders()).expect(200);
        expect(list.body).toEqual({ items: [revocation] });
      },
    );

    it('is for who manages access, and leaves entries in the audit log that name the user', async () => {
      const backend = await start();
      await revoke(backend, 'user:default/john', userHeaders('jane')).expect(
        403,
      );
      await revoke(backend, 'user:default/jane', agentHeaders()).expect(403);
      await revoke(backend, 'user:default/john').expect(200);
      await backend.api.get(url).set(userHeaders('jane')).expect(403);
      const meta = { userEntityRef: 'user:default/john' };
      expect(backend.audited).toMatchObject([
        { eventId: 'user-revoke', status: 'failed', meta },
        {
          eventId: 'user-revoke',
          status: 'succeeded',
          severityLevel: 'high',
          meta,
        },
        { eventId: 'user-revocation-list', status: 'failed' },
      ]);
    });

    it.each(['jane', 'group:default/developers', '', undefined])(
      'is refused for %j, which names no user',
      async userEntityRef => {
        const backend = await start();
        const { body } = await revoke(backend, userEntityRef).expect(400);
        expect(body.error.name).toBe('InputError');
        expect((await bundleOf(backend)).revocations.users).toEqual([]);
      },
    );

    it.each(databases.eachSupportedId())(
      'reaches a proxy that waits at another replica, %p',
      async databaseId => {
        const knex = await databases.init(databaseId);
        const backend = await start({ knex });
        const other = await start({ knex });
        const poll = (etag: string) =>
          other.api
            .get(`${BASE}/v1/agent/bundle?wait=10`)
            .set({ ...agentHeaders(), 'if-none-match': etag });
        const { etag } = (await poll('')).headers;
        const startedAt = Date.now();
        const answer = poll(etag);
        const waiting = answer.then(response => response);
        await revoke(backend, 'user:default/jane').expect(200);
        expect((await waiting).status).toBe(200);
        expect(Date.now() - startedAt).toBeLessThan(MAX_LATENCY_MS);
        expect((await bundleOf(other)).revocations.users).toMatchObject([
          { entityRef: 'user:default/jane' },
        ]);
      },
    );
  });

  it('is signed by keys that who manages access rotates', async () => {
    const backend = await start();
    const url = `${BASE}/v1/access/keys/rotate`;
    const { keys: before } = await bundleOf(backend);
    await backend.api.post(url).set(userHeaders('jane')).expect(403);
    expect((await bundleOf(backend)).keys).toEqual(before);

    const { body } = await backend.api.post(url).set(userHeaders()).expect(200);
    expect(body).toEqual({
      kid: expect.any(String),
      publishedAt: expect.any(String),
    });
    const published = await backend.api
      .get(`${BASE}/.well-known/jwks.json`)
      .expect(200);
    expect(published.body.keys).toMatchObject([{ kid: body.kid }, before[0]]);
    const again = await backend.api.post(url).set(userHeaders());
    expect(again.body).toEqual(body);

    const { kubeconfig } = (await issue(backend)).body;
    const { token } = parse(kubeconfig).users[0].user;
    expect(decodeProtectedHeader(token).kid).toBe(before[0].kid);
    expect(backend.audited).toMatchObject([
      { eventId: 'key-rotate', status: 'failed', severityLevel: 'high' },
      { eventId: 'key-rotate', status: 'succeeded' },
      { eventId: 'key-rotate', status: 'succeeded' },
      { eventId: 'credential-issue' },
    ]);
  });

  it('is void at once when a key was stolen', async () => {
    const backend = await start();
    const url = `${BASE}/v1/access/keys/rotate`;
    const stolen = (await issue(backend)).body;
    const replace = (body: object, user?: string) =>
      backend.api.post(url).set(userHeaders(user)).send(body);
    await replace({ compromised: true }, 'jane').expect(403);
    await replace({ compromise: true }).expect(400);
    const { body } = await replace({ compromised: true }).expect(200);

    const { keys } = await bundleOf(backend);
    expect(keys.map(({ kid }) => kid)).toEqual([body.kid]);
    const fresh = (await issue(backend)).body;
    const tokenOf = ({ kubeconfig }: { kubeconfig: string }) =>
      parse(kubeconfig).users[0].user.token;
    const keySet = createLocalJWKSet({ keys });
    await jwtVerify(tokenOf(fresh), keySet);
    await expect(jwtVerify(tokenOf(stolen), keySet)).rejects.toThrow(
      'no applicable key',
    );
    expect(backend.audited).toContainEqual(
      expect.objectContaining({
        eventId: 'key-rotate',
        status: 'succeeded',
        meta: { compromised: true },
      }),
    );
  });
});
