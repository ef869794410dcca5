import { mockServices, TestDatabases } from '@backstage/backend-test-utils';
import { migratedDatabase } from '../__testUtils__/migratedDatabase';
import { ndjson, spoolRecord } from '../__testUtils__/spoolRecord';
import { Agent } from '../agents';
import { openEventStore } from '../audit';
import { EventIngest } from './EventIngest';
import { EventPublisher } from './EventPublisher';
import { GAP_PATIENCE_MS } from './SpoolLedger';
import { SpoolPruning } from './SpoolPruning';

jest.setTimeout(60_000);

const DAY_MS = 24 * 3600_000;
const EPOCH = '019aa000-0000-7000-b000-000000000001';

describe('SpoolPruning', () => {
  const databases = TestDatabases.create({ ids: ['POSTGRES_18', 'SQLITE_3'] });

  it.each(databases.eachSupportedId())(
    'forgets checksums of the acknowledged after days, and still takes each record once, %p',
    async databaseId => {
      const knex = await migratedDatabase(databases, databaseId);
      const { writer, store } = openEventStore(knex);
      const logger = mockServices.logger.mock();
      let now = 0;
      const ingest = EventIngest.create({
        knex,
        writer,
        publisher: EventPublisher.create({ sinks: [], logger }),
        logger,
        now: () => now,
      });
      const pruning = SpoolPruning.create({ knex, now: () => now });
      const send = async (...sequences: number[]) => {
        const { acknowledgedSequence } = await ingest.ingest({
          agent: Agent.fromConfig({ id: 'a', subject: 'a', clusters: ['*'] }),
          epoch: EPOCH,
          body: ndjson(...sequences.map(n => spoolRecord(n))),
        });
        return acknowledgedSequence;
      };
      const kept = async () =>
        (
          await knex('spool_records').orderBy('sequence').select('sequence')
        ).map(({ sequence }) => Number(sequence));
      const count = async () => (await store.list({ limit: 1 })).totalItems;

      // 3 and 4 never come, and are given up.
      await send(1, 2, 5);
      now += GAP_PATIENCE_MS;
      expect(await send(5)).toBe(5);
      await pruning.prune();
      expect(await kept()).toEqual([1, 2, 5]);
      now += DAY_MS;
      await send(6, 8);
      await pruning.prune();
      now += 2 * DAY_MS;
      await pruning.prune();
      // What was acknowledged three days ago is forgotten, and no more than that.
      expect(await kept()).toEqual([6, 8]);

      expect(await send(1, 2, 5)).toBe(8);
      expect(await count()).toBe(5);
      // One of the given up comes after all, twice.
      await send(3);
      await send(3);
      expect(await count()).toBe(6);
      expect(await knex('dead_letters')).toEqual([]);
      now += 4 * DAY_MS;
      await pruning.prune();
      await send(3, 4);
      expect(await count()).toBe(7);
      expect(await kept()).toEqual([3, 4, 8]);
      expect(await knex('dead_letters')).toEqual([]);
    },
  );
});
