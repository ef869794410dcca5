import { mockServices, TestDatabases } from '@backstage/backend-test-utils';
import { compactVerify, createLocalJWKSet } from 'jose';
import type { Knex } from 'knex';
import { randomUUID } from 'node:crypto';
import { policyBundleSchema } from 'backstage-plugin-kubernetes-audit-common';
import { migratedDatabase } from '../__testUtils__/migratedDatabase';
import { readKubernetesAuditConfig } from '../config';
import { DatabaseCredentialStore, EXPIRY_GRACE_MS } from './CredentialStore';
import { PolicyBundles, SignedBundle } from './PolicyBundles';
import { SecretBox } from './SecretBox';
import { SigningKeys } from './SigningKeys';
import { DatabaseUserRevocationStore } from './UserRevocationStore';

jest.setTimeout(60_000);

const START = Date.parse('2026-11-22T02:00:00.000Z');

async function replica(knex: Knex, clock: { now: number }, roleName = 'dev') {
  const now = () => clock.now;
  const credentials = DatabaseCredentialStore.create(knex);
  const revocations = DatabaseUserRevocationStore.create(knex);
  const keys = await SigningKeys.create({
    knex,
    box: SecretBox.create('a secret of some length'),
    now,
  });
  const role = { name: roleName, subjects: [], clusters: ['*'], rules: [] };
  const bundles = PolicyBundles.create({
    knex,
    keys,
    credentials,
    revocations,
    tunnels: { list: async () => [] },
    config: readKubernetesAuditConfig(
      mockServices.rootConfig({
        data: {
          kubernetesAudit: {
            roles: [role],
            clusters: [{ name: 'prod-1', tags: { env: 'prod' } }],
          },
        },
      }),
    ),
    issuer: 'https://portal.example.com/api/kubernetes-audit',
    now,
  });
  const open = async ({ answer: { bundle } }: SignedBundle) => {
    const { payload, protectedHeader } = await compactVerify(
      bundle,
      createLocalJWKSet({ keys: await keys.listPublicKeys() }),
    );
    expect(protectedHeader).toEqual({
      alg: 'ES256',
      kid: (await keys.getSigningKey()).kid,
      typ: 'kubernetes-audit-bundle+jwt',
    });
    return policyBundleSchema.parse(
      JSON.parse(Buffer.from(payload).toString()),
    );
  };
  return { bundles, credentials, revocations, keys, open };
}

describe('PolicyBundles', () => {
  const databases = TestDatabases.create({ ids: ['POSTGRES_18', 'SQLITE_3'] });

  describe.each(databases.eachSupportedId())('%p', databaseId => {
    it('signs roles, tags, keys and revocations', async () => {
      const knex = await migratedDatabase(databases, databaseId);
      const clock = { now: START };
      const { bundles, credentials, revocations, open } = await replica(
        knex,
        clock,
      );
      const revoked = { id: randomUUID(), lifetime: 60_000 };
      const expired = { id: randomUUID(), lifetime: -EXPIRY_GRACE_MS };
      // By a proxy's clock it may be valid still.
      const expiring = { id: randomUUID(), lifetime: 1 - EXPIRY_GRACE_MS };
      for (const { id, lifetime } of [revoked, expired, expiring]) {
        await credentials.add({
          id,
          userEntityRef: 'user:default/guest',
          issuedAt: new Date(START - 1000).toISOString(),
          expiresAt: new Date(START + lifetime).toISOString(),
        });
        await credentials.revoke(id, new Date(START));
      }
      await revocations.revoke('user:default/jane', new Date(START), 60_000);
      expect(await open(await bundles.getCurrent())).toMatchObject({
        version: START,
        issuedAt: '2026-11-22T02:00:00.000Z',
        issuer: 'https://portal.example.com/api/kubernetes-audit',
        roles: [{ name: 'dev' }],
        clusters: [{ name: 'prod-1', tags: { env: 'prod' } }],
        keys: [{ kty: 'EC' }],
        revocations: {
          credentials: [revoked.id, expiring.id].sort(),
          users: [
            { entityRef: 'user:default/jane', issuedBefore: START / 1000 + 1 },
          ],
        },
      });
    });

    it('has one version for replicas and over time, and a new one when the content changes', async () => {
      const knex = await migratedDatabase(databases, databaseId);
      const clock = { now: START };
      const one = await replica(knex, clock);
      const two = await replica(knex, clock);
      const first = await one.bundles.getCurrent();
      clock.now += 2000;
      expect((await two.bundles.getCurrent()).etag).toBe(first.etag);
      expect(await one.bundles.getCurrent()).toBe(first);

      const id = randomUUID();
      await one.credentials.add({
        id,
        userEntityRef: 'user:default/guest',
        issuedAt: new Date(START).toISOString(),
        expiresAt: new Date(START + 60_000).toISOString(),
      });
      await one.credentials.revoke(id, new Date(clock.now));
      clock.now += 2000;
      const second = await two.bundles.getCurrent();
      expect(second.etag).not.toBe(first.etag);
      expect((await two.open(second)).version).toBe(START + 4000);
      expect((await one.bundles.getCurrent()).etag).toBe(second.etag);
    });

    it('has a version that grows over a clock that was set back', async () => {
      const knex = await migratedDatabase(databases, databaseId);
      const one = await replica(knex, { now: START });
      await one.bundles.getCurrent();
      const two = await replica(knex, { now: START - 60_000 }, 'other');
      const { version } = await two.open(await two.bundles.getCurrent());
      expect(version).toBe(START + 1);
    });

    it('has a published key before that key signs, and then is signed by it', async () => {
      const knex = await migratedDatabase(databases, databaseId);
      const clock = { now: START };
      const { bundles, keys, open } = await replica(knex, clock);
      const first = await keys.getSigningKey();
      expect((await bundles.getCurrent()).answer.keyChain).toEqual([]);

      clock.now += 2000;
      const next = await keys.publishNext();
      const published = await bundles.getCurrent();
      const { version, ...content } = await open(published);
      expect(version).toBe(START + 2000);
      expect(content.keys.map(({ kid }) => kid)).toEqual([next.kid, first.kid]);
      expect(published.answer.keyChain).toEqual(await keys.listEndorsements());
      expect(published.answer.keyChain).toHaveLength(1);

      clock.now += 2000;
      await keys.beginSigning(next);
      const signed = await bundles.getCurrent();
      expect((await keys.getSigningKey()).kid).toBe(next.kid);
      expect(signed.etag).not.toBe(published.etag);
      expect((await open(signed)).version).toBe(version);
    });

    it('is signed anew each hour, under the same version', async () => {
      const knex = await migratedDatabase(databases, databaseId);
      const clock = { now: START };
      const { bundles, open } = await replica(knex, clock);
      const first = await bundles.getCurrent();
      clock.now += 60 * 60_000;
      const second = await bundles.getCurrent();
      expect(second.etag).not.toBe(first.etag);
      expect(await open(second)).toEqual({
        ...(await open(first)),
        issuedAt: '2026-11-22T03:00:00.000Z',
      });
    });
  });
});
