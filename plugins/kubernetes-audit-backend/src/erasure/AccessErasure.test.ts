import { mockServices, TestDatabases } from '@backstage/backend-test-utils';
import { randomUUID } from 'node:crypto';
import type { Knex } from 'knex';
import { migratedDatabase } from '../__testUtils__/migratedDatabase';
import {
  DatabaseCredentialStore,
  DatabaseUserRevocationStore,
  KubernetesUserNames,
} from '../access';
import { readKubernetesAuditConfig } from '../config';
import { DatabaseLoginStore } from '../login';
import { DatabaseTunnelStore } from '../tunnels';
import { AccessErasure } from './AccessErasure';
import { readPersonNames } from './PersonNames';

jest.setTimeout(60_000);

const NOW = Date.parse('2026-11-22T02:00:00.000Z');
const HOUR = 3600_000;
const JANE = 'user:default/jane';
const JOHN = 'user:default/john';

function setUp(knex: Knex) {
  const credentials = DatabaseCredentialStore.create(knex);
  const revocations = DatabaseUserRevocationStore.create(knex);
  const logins = DatabaseLoginStore.create(knex);
  const tunnels = DatabaseTunnelStore.create(knex);
  const userNames = KubernetesUserNames.create({
    knex,
    config: readKubernetesAuditConfig(mockServices.rootConfig()),
  });
  const erasure = AccessErasure.create({
    credentials,
    revocations,
    logins,
    tunnels,
    now: () => NOW,
  });
  const add = async (user: string, issuedAt = NOW - 1000) => {
    const id = randomUUID();
    await credentials.add({
      id,
      userEntityRef: user,
      issuedAt: new Date(issuedAt).toISOString(),
      expiresAt: new Date(issuedAt + HOUR).toISOString(),
      kind: 'login',
      hostName: 'laptop-of-jane',
      clientIp: '192.0.2.77',
    });
    return id;
  };
  const identityOf = (entityRef: string) => ({
    entityRef,
    kubernetesUser: entityRef.slice('user:default/'.length),
    email: `${entityRef.slice('user:default/'.length)}@example.com`,
    groups: [entityRef, 'group:default/developers'],
    signInGroups: [entityRef],
  });
  return {
    credentials,
    revocations,
    logins,
    userNames,
    add,
    logIn: async (user: string) => {
      const id = randomUUID();
      await logins.addLogin({
        id,
        credentialId: await add(user),
        identity: identityOf(user),
        secretHash: 'x',
        rotatedAt: NOW,
        groupsReadAt: NOW,
        expiresAt: NOW + HOUR,
      });
      return id;
    },
    approve: async (user: string) => {
      const id = randomUUID();
      await logins.addRequest(
        {
          id,
          deviceHash: id,
          userCodeHash: id,
          hostName: 'laptop-of-jane',
          clientIp: '192.0.2.77',
          createdAt: NOW,
          expiresAt: NOW + HOUR,
        },
        { perAddress: 9, total: 9 },
      );
      await logins.approve(id, { identity: identityOf(user), at: NOW });
      return id;
    },
    addJoinToken: (createdBy: string) =>
      tunnels.addToken({
        id: randomUUID(),
        name: 'edge-1',
        tags: { site: 'fra1' },
        clusters: ['edge'],
        secretBox: 'sealed',
        createdBy,
        expiresAt: NOW + HOUR,
      }),
    erase: async (
      person: Parameters<typeof readPersonNames>[0],
      pseudonym = 'erased-1',
    ) => erasure.erase(await readPersonNames(person, userNames), pseudonym),
    /** Every text of the tables that are about credentials, but for the names that are taken. */
    texts: async () =>
      JSON.stringify(
        await Promise.all(
          [
            'credentials',
            'logins',
            'login_requests',
            'user_revocations',
            'tunnel_join_tokens',
          ].map(table => knex(table)),
        ),
      ),
  };
}

describe('AccessErasure', () => {
  const databases = TestDatabases.create({ ids: ['POSTGRES_18', 'SQLITE_3'] });

  describe.each(databases.eachSupportedId())('on %p', databaseId => {
    const start = async () =>
      setUp(await migratedDatabase(databases, databaseId));

    it('leaves credentials that tell of nobody, and none of them valid', async () => {
      const rig = await start();
      const valid = await rig.add(JANE);
      const expired = await rig.add(JANE, NOW - 2 * HOUR);
      const login = await rig.logIn('user:default/Jane');
      const request = await rig.approve(JANE);
      await rig.addJoinToken('user:default/Jane');
      expect(await rig.erase({ userEntityRef: 'User:Default/JANE' })).toBe(4);

      expect(await rig.texts()).not.toMatch(/jane|192\.0\.2\.77/i);
      expect(await rig.credentials.get(valid)).toEqual({
        id: valid,
        userEntityRef: 'erased-1',
        kind: 'login',
        issuedAt: new Date(NOW - 1000).toISOString(),
        expiresAt: new Date(NOW - 1000 + HOUR).toISOString(),
        revokedAt: new Date(NOW).toISOString(),
      });
      expect((await rig.credentials.get(expired))?.revokedAt).toBeUndefined();
      expect(await rig.credentials.listRevoked(new Date(NOW))).toContain(valid);
      expect(await rig.logins.getLogin(login)).toBeUndefined();
      expect(await rig.logins.getRequest(request, NOW)).toBeUndefined();
      expect(await rig.erase({ userEntityRef: JANE }, 'erased-2')).toBe(0);
    });

    it('touches nobody else', async () => {
      const rig = await start();
      const login = await rig.logIn(JOHN);
      const request = await rig.approve('user:default/janet');
      await rig.addJoinToken(JOHN);
      const before = await rig.texts();
      expect(await rig.erase({ userEntityRef: JANE })).toBe(0);
      expect(await rig.erase({ userName: 'jane' })).toBe(0);
      expect(await rig.texts()).toEqual(before);
      expect(await rig.logins.getLogin(login)).toBeDefined();
      expect(await rig.logins.getRequest(request, NOW)).toBeDefined();
    });

    it('finds who has a name in the clusters', async () => {
      const rig = await start();
      await rig.userNames.claim(JANE);
      await rig.add(JANE);
      await rig.add(JOHN);
      expect(await rig.erase({ userName: 'Jane' })).toBe(1);
      const { items } = await rig.credentials.list({ limit: 9 }, new Date(NOW));
      expect(items.map(({ userEntityRef }) => userEntityRef).sort()).toEqual([
        'erased-1',
        JOHN,
      ]);
    });

    it('leaves what is revoked revoked, and the revocation of the user as long as it takes something back', async () => {
      const rig = await start();
      const id = await rig.add(JANE);
      const { expiresAt } = await rig.revocations.revoke(
        JANE,
        new Date(NOW - 500),
        HOUR,
      );
      await rig.erase({ userEntityRef: JANE });
      const { revokedAt } = (await rig.credentials.get(id)) ?? {};
      expect(revokedAt).toBe(new Date(NOW - 500).toISOString());
      expect(await rig.revocations.issuedBefore(JANE)).toBeDefined();
      await rig.revocations.forget(JANE, new Date(expiresAt));
      expect(await rig.revocations.issuedBefore(JANE)).toBeUndefined();
    });
  });
});
