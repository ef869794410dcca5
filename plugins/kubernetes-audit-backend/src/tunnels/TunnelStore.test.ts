import { TestDatabases } from '@backstage/backend-test-utils';
import { migratedDatabase } from '../__testUtils__/migratedDatabase';
import { DatabaseTunnelStore, StoredJoinToken } from './TunnelStore';

jest.setTimeout(60_000);

const NOW = Date.UTC(2026, 10, 22, 12);
const KEY = { kty: 'OKP', crv: 'Ed25519', x: 'x', kid: 'kid', alg: 'EdDSA' };

/** @param n - one digit */
const tokenOf = (n: number, expiresAt: number): StoredJoinToken => ({
  id: `019aa000-0000-7000-b000-00000000000${n}`,
  secretBox: 'sealed',
  name: `edge-${n}`,
  tags: { site: 'fra1' },
  clusters: ['edge-*'],
  createdBy: 'user:default/admin',
  expiresAt,
});

describe('DatabaseTunnelStore', () => {
  const databases = TestDatabases.create({ ids: ['POSTGRES_18', 'SQLITE_3'] });

  it.each(databases.eachSupportedId())(
    'lists the tokens that an agent can still join with, on %p',
    async databaseId => {
      const knex = await migratedDatabase(databases, databaseId);
      const store = DatabaseTunnelStore.create(knex);
      const later = tokenOf(1, NOW + 2000);
      const sooner = tokenOf(2, NOW + 1000);
      const used = tokenOf(3, NOW + 1000);
      for (const token of [later, sooner, used, tokenOf(4, NOW)]) {
        await store.addToken(token);
      }
      await store.join(used, KEY, new Date(NOW));
      expect(await store.listPending(new Date(NOW))).toEqual([sooner, later]);

      expect(await store.removeUnused(sooner.id)).toBe(true);
      expect(await store.removeUnused(sooner.id)).toBe(false);
      expect(await store.removeUnused(used.id)).toBe(false);
      expect(await store.listPending(new Date(NOW))).toEqual([later]);
      // Nothing can be made of what was taken back in between.
      expect(await store.join(sooner, KEY, new Date(NOW))).toBe(false);
    },
  );
});
