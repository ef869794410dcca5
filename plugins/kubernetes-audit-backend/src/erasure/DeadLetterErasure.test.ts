import { TestDatabases } from '@backstage/backend-test-utils';
import { randomUUID } from 'node:crypto';
import type { Knex } from 'knex';
import { migratedDatabase } from '../__testUtils__/migratedDatabase';
import { DeadLetters } from '../ingest';
import { DeadLetterErasure } from './DeadLetterErasure';

jest.setTimeout(60_000);

const JANE = {
  userEntityRefs: new Set(['user:default/jane']),
  userNames: new Set(['jane']),
};
const NOTHING = { isHeld: () => false, isOver: () => false };

async function setUp(knex: Knex) {
  const [{ id: spoolId }] = await knex('spools')
    .insert({ agent_id: 'a', epoch: randomUUID() })
    .returning('id');
  return {
    erasure: DeadLetterErasure.create(DeadLetters.create(knex)),
    bury: async (...records: string[]) => {
      await knex('dead_letters').insert(
        records.map(record => ({
          spool_id: spoolId,
          sequence: 0,
          checksum: randomUUID(),
          reason: 'no event',
          record: Buffer.from(record),
          record_bytes: record.length,
          received_at: 0,
        })),
      );
    },
    kept: async () => {
      const rows = await knex('dead_letters').orderBy('id');
      return rows.map(({ record }) => Buffer.from(record).toString());
    },
  };
}

describe('DeadLetterErasure', () => {
  const databases = TestDatabases.create({ ids: ['POSTGRES_18', 'SQLITE_3'] });

  describe.each(databases.eachSupportedId())('on %p', databaseId => {
    const start = async () =>
      setUp(await migratedDatabase(databases, databaseId));

    it.each([
      '{"schemaVersion":99,"userEntityRef":"User:default/Jane"}',
      '{"userName" : "JANE","userEntityRef":"user:other/person"}',
      '{"of":{"who":{"userName":"jane"}}}',
      '{"userName":"\\u006aane","requestBody":"cut at so many by',
      '<<no JSON at all "userEntityRef":"user:default/jane"',
    ])('deletes what the person has caused: %s', async record => {
      const { erasure, bury, kept } = await start();
      await bury(record);
      expect(await erasure.erase(JANE, NOTHING)).toEqual({
        erased: 1,
        held: 0,
        isComplete: true,
      });
      expect(await kept()).toEqual([]);
    });

    it.each([
      '{"userName":"janet","userEntityRef":"user:default/janet"}',
      '{"userName":"john","requestBody":"owner: jane"}',
      '{"userName":"john","requestBody":"{\\"userName\\":\\"jane\\"}"}',
      'jane',
      '',
    ])('leaves what others have caused: %s', async record => {
      const { erasure, bury, kept } = await start();
      await bury(record);
      expect(await erasure.erase(JANE, NOTHING)).toMatchObject({ erased: 0 });
      expect(await kept()).toEqual([record]);
    });

    it('leaves what belongs to a session that is held', async () => {
      const { erasure, bury, kept } = await start();
      const held = '{"userName":"jane","sessionId":"s-1"}';
      await bury(held, '{"userName":"jane","sessionId":"s-2"}');
      expect(
        await erasure.erase(JANE, {
          ...NOTHING,
          isHeld: sessionId => sessionId === 's-1',
        }),
      ).toEqual({ erased: 1, held: 1, isComplete: true });
      expect(await kept()).toEqual([held]);
    });

    it('goes through all of them, and says when there was no time for that', async () => {
      const { erasure, bury, kept } = await start();
      const others = '{"userName":"john"}';
      for (let batch = 0; batch < 5; batch++) {
        await bury(
          ...Array.from({ length: 50 }, (_, i) =>
            i === 0 ? '{"userName":"jane"}' : others,
          ),
        );
      }
      expect(
        await erasure.erase(JANE, { ...NOTHING, isOver: () => true }),
      ).toEqual({ erased: 2, held: 0, isComplete: false });
      expect(await erasure.erase(JANE, NOTHING)).toEqual({
        erased: 3,
        held: 0,
        isComplete: true,
      });
      expect(await kept()).toHaveLength(5 * 49);
    });
  });
});
