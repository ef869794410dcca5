import { TestDatabases } from '@backstage/backend-test-utils';
import { randomUUID } from 'node:crypto';
import { migratedDatabase } from '../__testUtils__/migratedDatabase';
import { DatabaseCredentialStore, EXPIRY_GRACE_MS } from './CredentialStore';
import { DatabaseUserRevocationStore } from './UserRevocationStore';

jest.setTimeout(60_000);

const JANE = 'user:default/jane';
/** In the middle of a second. */
const NOW = Date.parse('2026-11-22T02:00:00.400Z');
const SECOND = Math.floor(NOW / 1000);
const LIFETIME_MS = 60 * 60_000;

describe('revocations of users', () => {
  const databases = TestDatabases.create({ ids: ['POSTGRES_18', 'SQLITE_3'] });

  describe.each(databases.eachSupportedId())('%p', databaseId => {
    async function setUp() {
      const knex = await migratedDatabase(databases, databaseId);
      const credentials = DatabaseCredentialStore.create(knex);
      const revocations = DatabaseUserRevocationStore.create(knex);
      return {
        credentials,
        revocations,
        revoke: (at: number, user = JANE) =>
          revocations.revoke(user, new Date(at), LIFETIME_MS),
        inBundle: (at: number) => revocations.listForBundle(new Date(at)),
        add: async (issuedAt: number, user = JANE, lifetime = LIFETIME_MS) => {
          const id = randomUUID();
          await credentials.add({
            id,
            userEntityRef: user,
            issuedAt: new Date(issuedAt).toISOString(),
            expiresAt: new Date(issuedAt + lifetime).toISOString(),
          });
          return id;
        },
      };
    }

    it('take back what was issued in the same second', async () => {
      const { revoke, inBundle } = await setUp();
      expect(await revoke(NOW)).toEqual({
        userEntityRef: JANE,
        revokedAt: '2026-11-22T02:00:00.400Z',
        expiresAt: new Date(NOW + LIFETIME_MS + EXPIRY_GRACE_MS).toISOString(),
      });
      expect(await inBundle(NOW)).toEqual([
        { entityRef: JANE, issuedBefore: SECOND + 1 },
      ]);
    });

    it('take back what a replica issued whose clock is ahead', async () => {
      const { revoke, inBundle, add } = await setUp();
      await add((SECOND + 5) * 1000);
      await revoke(NOW);
      expect(await inBundle(NOW)).toEqual([
        { entityRef: JANE, issuedBefore: SECOND + 6 },
      ]);
    });

    it('never give back what an earlier one took', async () => {
      const { revoke, inBundle } = await setUp();
      await revoke(NOW);
      await revoke(NOW - 10_000);
      expect(await inBundle(NOW)).toEqual([
        { entityRef: JANE, issuedBefore: SECOND + 1 },
      ]);
    });

    it('find the user in any case', async () => {
      const { revoke, revocations, credentials, add } = await setUp();
      await add(NOW - 1000, 'User:default/Jane');
      await revoke(NOW, 'user:Default/JANE');
      expect(await revocations.issuedBefore('USER:default/jane')).toBe(
        SECOND + 1,
      );
      const { items } = await credentials.list(
        { userEntityRef: 'User:Default/Jane', limit: 10 },
        new Date(NOW),
      );
      expect(items).toMatchObject([
        { userEntityRef: JANE, revokedAt: '2026-11-22T02:00:00.400Z' },
      ]);
    });

    it('mark the valid credentials of this user alone, and stand for them in the bundle', async () => {
      const { revoke, credentials, add } = await setUp();
      const expired = await add(NOW - 2 * LIFETIME_MS);
      const single = await add(NOW - 2000);
      const valid = await add(NOW - 1000);
      const others = await add(NOW - 1000, 'user:default/john');
      await credentials.revoke(single, new Date(NOW - 500));
      await revoke(NOW);
      const revokedAt = async (id: string) =>
        (await credentials.get(id))?.revokedAt;
      expect(await revokedAt(valid)).toBe('2026-11-22T02:00:00.400Z');
      expect(await revokedAt(single)).toBe('2026-11-22T01:59:59.900Z');
      expect(await revokedAt(expired)).toBeUndefined();
      expect(await revokedAt(others)).toBeUndefined();
      expect(await credentials.listRevoked(new Date(NOW))).toEqual([]);

      const later = await add((SECOND + 1) * 1000);
      await credentials.revoke(later, new Date(NOW));
      expect(await credentials.listRevoked(new Date(NOW))).toEqual([later]);
    });

    it('are forgotten when the last credential has expired', async () => {
      const { revoke, revocations, inBundle, add } = await setUp();
      await add(NOW - 1000, JANE, 3 * LIFETIME_MS);
      const { expiresAt } = await revoke(NOW);
      const end = NOW - 1000 + 3 * LIFETIME_MS + EXPIRY_GRACE_MS;
      expect(Date.parse(expiresAt)).toBe(end);
      expect(await inBundle(end - 1)).toHaveLength(1);
      expect(await inBundle(end)).toEqual([]);
      expect(await revocations.list(new Date(end))).toEqual([]);
      await revoke(end, 'user:default/john');
      expect(await revocations.issuedBefore(JANE)).toBeUndefined();
    });
  });
});
