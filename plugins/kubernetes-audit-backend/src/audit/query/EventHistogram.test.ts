import { TestDatabases } from '@backstage/backend-test-utils';
import { migratedDatabase } from '../../__testUtils__/migratedDatabase';
import { eventId, spoolRecord } from '../../__testUtils__/spoolRecord';
import { parseFilter } from '../../database';
import { EVENT_FIELDS } from '../eventFields';
import { openEventStore } from '../openEventStore';
import { TermDictionary, UserIdentities } from '../terms';
import { allOf } from './EventCondition';
import { EventHistogram } from './EventHistogram';
import { ConditionResolver } from './resolveCondition';

jest.setTimeout(60_000);

const DAYS = 3;
const START = Date.UTC(2026, 10, 20);
const VISIBLE = { namespace: 'payments' };

describe('the bars of a user who may not see all', () => {
  const databases = TestDatabases.create({ ids: ['POSTGRES_18', 'SQLITE_3'] });

  it.each(databases.eachSupportedId())(
    'tell nothing of what others did where they are estimated, on %p',
    async databaseId => {
      const knex = await migratedDatabase(databases, databaseId);
      const { writer, rollUp, tables } = openEventStore(knex);
      // Each day 40 calls in payments, a quarter of which failed, and 20 elsewhere that all failed.
      const records = Array.from({ length: DAYS * 60 }, (_, i) => {
        const isSeen = i % 3 < 2;
        return spoolRecord(i + 1, {
          id: eventId(i + 1),
          executedAt: new Date(START + i * 24 * 60_000).toISOString(),
          namespace: isSeen ? 'payments' : 'board',
          userName: isSeen ? 'jane' : 'director',
          result: isSeen && i % 12 > 1 ? 'success' : 'failure',
        });
      });
      await knex.transaction(transaction =>
        writer.write(transaction, 'demo-proxy', records),
      );
      const resolver = ConditionResolver.create({
        knex,
        terms: TermDictionary.create(),
        users: UserIdentities.create(),
        tables,
      });
      const resolve = (filter: object) =>
        resolver.resolveFilter(parseFilter(filter, EVENT_FIELDS));
      const histogram = EventHistogram.create({
        knex,
        tables,
        rollUp,
        maxRows: 50,
      });
      const read = async (filter: object) => {
        const visible = await resolve(VISIBLE);
        const { items } = await histogram.read(
          allOf([await resolve(filter), visible]),
          // A bar is a day.
          { from: START, to: START + 100 * 24 * 3600_000 },
          visible,
        );
        return items.map(({ success, failure, isEstimated = false }) => ({
          success,
          failure,
          isEstimated,
        }));
      };

      expect(await read({ userName: 'director' })).toEqual([]);
      // What is counted, of the newest day, tells of the others.
      const bar = { success: 30, failure: 10 };
      expect(await read({ resourceName: { $exists: false } })).toEqual([
        { ...bar, isEstimated: true },
        { ...bar, isEstimated: true },
        { ...bar, isEstimated: false },
      ]);
    },
  );
});
