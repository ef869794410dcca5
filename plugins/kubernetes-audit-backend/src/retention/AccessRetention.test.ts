import { TestDatabases } from '@backstage/backend-test-utils';
import { randomUUID } from 'node:crypto';
import { migratedDatabase } from '../__testUtils__/migratedDatabase';
import { DatabaseCredentialStore } from '../access';
import { DatabaseTunnelStore } from '../tunnels';
import { AccessRetention } from './AccessRetention';

jest.setTimeout(60_000);

const NOW = Date.parse('2026-11-22T02:00:00.000Z');
const DAY_MS = 24 * 3600_000;

describe('AccessRetention', () => {
  const databases = TestDatabases.create({ ids: ['POSTGRES_18', 'SQLITE_3'] });

  it.each(databases.eachSupportedId())(
    'forgets what expired long ago, and nothing whose revocation counts, on %p',
    async databaseId => {
      const knex = await migratedDatabase(databases, databaseId);
      const credentials = DatabaseCredentialStore.create(knex);
      const tunnels = DatabaseTunnelStore.create(knex);
      const retention = AccessRetention.create({
        credentials,
        tunnels,
        now: () => NOW,
      });
      const issue = async (expiresAt: number, isRevoked = false) => {
        const id = randomUUID();
        await credentials.add({
          id,
          userEntityRef: 'user:default/jane',
          issuedAt: new Date(NOW - 400 * DAY_MS).toISOString(),
          expiresAt: new Date(expiresAt).toISOString(),
        });
        if (isRevoked) {
          await credentials.revoke(id, new Date(NOW - 399 * DAY_MS));
        }
        return id;
      };
      const addToken = async (expiresAt: number) => {
        const id = randomUUID();
        await tunnels.addToken({
          id,
          name: 'edge-1',
          tags: {},
          clusters: ['edge'],
          secretBox: 'sealed',
          createdBy: 'user:default/admin',
          expiresAt,
        });
        return id;
      };

      // More than go at once.
      for (let i = 0; i < 2; i++) {
        await knex.batchInsert(
          'credentials',
          Array.from({ length: 1200 }, () => ({
            id: randomUUID(),
            user_entity_ref: 'user:default/jane',
            issued_at: 0,
            expires_at: NOW - 91 * DAY_MS,
            revoked_at: i === 0 ? null : 1,
            kind: 'kubeconfig',
          })),
          100,
        );
      }
      const kept = [
        await issue(NOW - 89 * DAY_MS),
        await issue(NOW - 89 * DAY_MS, true),
        await issue(NOW + DAY_MS),
      ];
      const revoked = await issue(NOW + DAY_MS, true);
      const lately = await addToken(NOW - 6 * DAY_MS);
      await addToken(NOW - 8 * DAY_MS);
      await retention.sweep();

      const rows = await knex('credentials').select('id');
      expect(rows.map(({ id }) => id).sort()).toEqual(
        [...kept, revoked].sort(),
      );
      expect(await credentials.listRevoked(new Date(NOW))).toEqual([revoked]);
      const tokens = await knex('tunnel_join_tokens').select('id');
      expect(tokens).toEqual([{ id: lately }]);
    },
  );
});
