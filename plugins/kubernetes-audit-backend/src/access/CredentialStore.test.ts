import { TestDatabases } from '@backstage/backend-test-utils';
import { randomUUID } from 'node:crypto';
import { migratedDatabase } from '../__testUtils__/migratedDatabase';
import { CredentialQuery, DatabaseCredentialStore } from './CredentialStore';

jest.setTimeout(60_000);

const NOW = Date.parse('2026-11-22T02:00:00.000Z');
const HOUR = 3600_000;

describe('the list of credentials', () => {
  const databases = TestDatabases.create({ ids: ['POSTGRES_18', 'SQLITE_3'] });

  describe.each(databases.eachSupportedId())('%p', databaseId => {
    async function setUp() {
      const store = DatabaseCredentialStore.create(
        await migratedDatabase(databases, databaseId),
      );
      /** By what they are called here. */
      const ids = new Map<string, string>();
      return {
        store,
        add: async (
          name: string,
          issuedAt: number,
          user = 'user:default/jane',
          lifetime = HOUR,
        ) => {
          const id = randomUUID();
          ids.set(id, name);
          await store.add({
            id,
            userEntityRef: user,
            issuedAt: new Date(issuedAt).toISOString(),
            expiresAt: new Date(issuedAt + lifetime).toISOString(),
          });
          return id;
        },
        list: async (query: Partial<CredentialQuery>) => {
          const page = await store.list({ limit: 10, ...query }, new Date(NOW));
          return { ...page, items: page.items.map(({ id }) => ids.get(id)) };
        },
      };
    }

    it('is read in pages, which neither repeat nor leave out what was issued in the same second', async () => {
      const { add, list } = await setUp();
      for (let i = 0; i < 7; i++) {
        await add(`${i}`, NOW - Math.floor(i / 3) * 1000);
      }
      const seen: (string | undefined)[] = [];
      let cursor: string | undefined;
      let pages = 0;
      do {
        const page = await list({ limit: 2, cursor });
        seen.push(...page.items);
        cursor = page.nextCursor;
        // It is newer than what was read already.
        await add(`later ${pages}`, NOW + HOUR);
        pages++;
      } while (cursor !== undefined);
      expect(pages).toBe(4);
      expect(seen.slice(0, 3).sort()).toEqual(['0', '1', '2']);
      expect(seen.slice(3, 6).sort()).toEqual(['3', '4', '5']);
      expect(seen.slice(6)).toEqual(['6']);
    });

    it('has those that are valid, or those that are not any more, or both', async () => {
      const { store, add, list } = await setUp();
      await add('valid', NOW - 10);
      await add('long', NOW - 48 * HOUR, 'user:default/jane', 100 * HOUR);
      await add('expired', NOW - HOUR);
      const both = await add('expired and revoked', NOW - HOUR - 1);
      const revoked = await add('revoked', NOW - 20);
      for (const id of [both, revoked]) {
        await store.revoke(id, new Date(NOW));
      }
      const names = async (state?: CredentialQuery['state']) =>
        (await list({ state })).items;
      expect(await names('valid')).toEqual(['valid', 'long']);
      expect(await names('ended')).toEqual([
        'revoked',
        'expired',
        'expired and revoked',
      ]);
      expect(await names()).toHaveLength(5);
    });

    it('is of one user, or of those whose name has a part in it, in any case', async () => {
      const { add, list } = await setUp();
      await add('jane', NOW - 1);
      await add('janet', NOW - 2, 'user:default/janet');
      await add('100%', NOW - 3, 'user:default/100%_jan');
      const found = async (query: Partial<CredentialQuery>) =>
        (await list(query)).items;
      expect(await found({ userEntityRef: 'User:Default/Jane' })).toEqual([
        'jane',
      ]);
      expect(await found({ search: ' JANE ' })).toEqual(['jane', 'janet']);
      expect(await found({ search: 'default/' })).toHaveLength(3);
      expect(await found({ search: '%_' })).toEqual(['100%']);
      expect(
        await found({ search: 'jan', userEntityRef: 'user:default/janet' }),
      ).toEqual(['janet']);
    });
  });
});
