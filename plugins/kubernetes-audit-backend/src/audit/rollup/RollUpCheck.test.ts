import { mockServices, TestDatabases } from '@backstage/backend-test-utils';
import type { SpoolRecord } from 'backstage-plugin-kubernetes-audit-common';
import { migratedDatabase } from '../../__testUtils__/migratedDatabase';
import { spoolRecord } from '../../__testUtils__/spoolRecord';
import { isSqlite } from '../../database';
import { openEventStore } from '../openEventStore';
import { foldFacetChanges } from '../postgres/facetChanges';
import { RollUpCheck } from './RollUpCheck';

jest.setTimeout(60_000);

const DAY_MS = 24 * 3600_000;
const NOW = Date.UTC(2026, 10, 22, 12);
const TODAY = NOW / DAY_MS - 0.5;

describe('RollUpCheck', () => {
  const databases = TestDatabases.create({ ids: ['POSTGRES_18', 'SQLITE_3'] });

  describe.each(databases.eachSupportedId())('on %p', databaseId => {
    async function setUp() {
      const knex = await migratedDatabase(databases, databaseId);
      const opened = openEventStore(knex);
      const logger = mockServices.logger.mock();
      let now = NOW;
      const check = RollUpCheck.create({
        ...opened,
        knex,
        logger,
        now: () => now,
      });
      let count = 0;
      const recordOf = (day: number, i: number): SpoolRecord => {
        count++;
        return spoolRecord(count, {
          executedAt: new Date(NOW - day * DAY_MS + i * 60_000).toISOString(),
          userName: `user-${count % 3}`,
          namespace: count % 2 ? 'default' : undefined,
          kubernetesGroups: count % 2 ? ['a', 'b'] : undefined,
          result: count % 4 ? 'success' : 'failure',
        });
      };
      return {
        ...opened,
        knex,
        logger,
        check,
        pass: (hours: number) => {
          now += hours * 3600_000;
        },
        /** One batch of events for each list of days ago. */
        add: async (...batches: number[][]) => {
          for (const batch of batches) {
            const records = batch.map(recordOf);
            await knex.transaction(transaction =>
              opened.writer.write(transaction, 'demo-proxy', records),
            );
          }
        },
        /** Brings the counts that wait into the table of the roll-up. */
        fold: async () => {
          if (!isSqlite(knex)) {
            await foldFacetChanges(knex);
          }
        },
        total: async (filter: object) =>
          (await opened.store.list({ limit: 1, filter })).totalItems,
      };
    }

    it('finds nothing to mend in what the ingest has counted, batch by batch and brought together', async () => {
      const rig = await setUp();
      const batches = Array.from({ length: 9 }, () => [0, 0, 1, 1, 5]);
      await rig.add(...batches);
      for (const day of [0, 1, 5]) {
        expect(await rig.check.check(TODAY - day)).toBe(0);
      }
      await rig.fold();
      for (const day of [0, 1, 5]) {
        expect(await rig.check.check(TODAY - day)).toBe(0);
      }
      expect(await rig.total({ userName: 'user-1' })).toBe(15);
      expect(rig.logger.warn).not.toHaveBeenCalled();
    });

    it('mends counts that are wrong, missing or of nothing, and says so', async () => {
      const rig = await setUp();
      await rig.add([1, 1, 1, 1]);
      await rig.fold();
      const facets = () =>
        rig.knex('event_facets').orderBy(['term_id', 'bucket']);
      const right = await facets();
      await rig.knex('event_facets').where('term_id', 0).update({ n: 1 });
      const [{ term_id: gone }] = await rig
        .knex('event_facets')
        .whereNot('term_id', 0)
        .limit(1);
      await rig.knex('event_facets').where('term_id', gone).delete();
      await rig
        .knex('event_facets')
        .insert({ term_id: 999, bucket: (TODAY - 1) * 24, n: 7, failed: 7 });

      expect(await rig.check.check(TODAY - 1)).toBe(3);
      await rig.fold();
      expect((await facets()).filter(({ n }) => Number(n) !== 0)).toEqual(
        right,
      );
      expect(rig.logger.warn).toHaveBeenCalledWith(
        'The roll-up of the audit events was wrong and is mended',
        { day: '2026-11-21', counts: 3 },
      );
      expect(await rig.check.check(TODAY - 1)).toBe(0);
    });

    it('comes by every day in time, and by yesterday each hour', async () => {
      const rig = await setUp();
      await rig.add([1, 2, 3, 4]);
      await rig.fold();
      const spoil = () =>
        rig.knex('event_facets').whereNot('term_id', 0).update({ n: 9 });
      await spoil();
      await rig.check.sweep();
      expect(rig.logger.warn).toHaveBeenCalledWith(
        expect.anything(),
        expect.objectContaining({ day: '2026-11-21' }),
      );
      rig.pass(1);
      await rig.check.sweep();
      rig.pass(1);
      await rig.check.sweep();
      for (const day of [1, 2, 3, 4]) {
        expect(await rig.check.check(TODAY - day)).toBe(0);
      }
    });

    it('has nothing to do where there are no events', async () => {
      const rig = await setUp();
      await rig.check.sweep();
      expect(rig.logger.warn).not.toHaveBeenCalled();
    });
  });
});
