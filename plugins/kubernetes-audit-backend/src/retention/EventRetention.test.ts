import { mockServices, TestDatabases } from '@backstage/backend-test-utils';
import { migratedDatabase } from '../__testUtils__/migratedDatabase';
import { ndjson, spoolRecord } from '../__testUtils__/spoolRecord';
import { createEventMaintenance, openEventStore } from '../audit';
import { Agent } from '../agents';
import { DeadLetters, EventIngest, EventPublisher } from '../ingest';
import { EventRetention } from './EventRetention';

jest.setTimeout(60_000);

const DAY_MS = 24 * 3600_000;
const EPOCH = '019aa000-0000-7000-b000-000000000001';
const NOW = Date.UTC(2026, 10, 22, 12);

/** A UUIDv7 of a time. */
function idAt(time: number, n: number): string {
  const hex = time.toString(16).padStart(12, '0');
  const last = `${n}`.padStart(12, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8)}-7000-8000-${last}`;
}

describe('EventRetention', () => {
  const databases = TestDatabases.create({ ids: ['POSTGRES_18', 'SQLITE_3'] });

  describe.each(databases.eachSupportedId())('on %p', databaseId => {
    async function setUp(keepMs?: number) {
      const knex = await migratedDatabase(databases, databaseId);
      const { store, writer, rollUp } = openEventStore(knex);
      const logger = mockServices.logger.mock();
      const auditor = mockServices.auditor.mock({
        createEvent: jest.fn(async () => ({
          success: async () => {},
          fail: async () => {},
        })),
      });
      const options = { knex, logger, now: () => NOW };
      const maintenance = createEventMaintenance(options);
      let count = 0;
      return {
        knex,
        store,
        logger,
        auditor,
        maintenance,
        retention: EventRetention.create({
          ...options,
          rollUp,
          maintenance,
          deadLetters: DeadLetters.create(knex),
          auditor,
          keepMs,
        }),
        add: async (...days: number[]) => {
          const records = days.map(day => {
            const time = NOW - day * DAY_MS;
            count++;
            return spoolRecord(count, {
              id: idAt(time, count),
              executedAt: new Date(time).toISOString(),
              requestBody: 'kind: Pod',
            });
          });
          await knex.transaction(transaction =>
            writer.write(transaction, 'demo-proxy', records),
          );
        },
        /** A line that is no event, received so many days ago. */
        receive: async (line: string, day: number) => {
          await EventIngest.create({
            knex,
            writer,
            publisher: EventPublisher.create({ sinks: [], logger }),
            logger,
            now: () => NOW - day * DAY_MS,
          }).ingest({
            agent: Agent.fromConfig({ id: 'a', subject: 'a', clusters: ['*'] }),
            epoch: EPOCH,
            body: ndjson(line),
          });
        },
        sequences: async () =>
          (await store.list({ limit: 200, order: 'asc' })).items
            .map(({ sequence }) => sequence)
            .sort((a, b) => a - b),
      };
    }

    const rowsOf = async (knex: Awaited<ReturnType<typeof setUp>>['knex']) => {
      const aside =
        databaseId === 'SQLITE_3' ? 'event_documents' : 'event_bodies';
      const tables = ['request_audit_events', aside, 'event_ids'];
      return Promise.all(
        tables.map(async table => {
          const [{ n }] = await knex(table).count({ n: '*' });
          return Number(n);
        }),
      );
    };

    it('deletes the days whose time is over, with all that belongs to them', async () => {
      const rig = await setUp(30 * DAY_MS);
      await rig.add(0, 29, 30, 31, 32, 400);
      await rig.maintenance.prepare();
      await rig.add(0, 31, 33, 500);
      await rig.retention.sweep();
      // Whole days of UTC: the thirtieth one is not over yet.
      expect(await rig.sequences()).toEqual([1, 2, 3, 7]);
      expect(await rowsOf(rig.knex)).toEqual([4, 4, 4]);
      const page = await rig.store.list({ limit: 1 });
      expect(page.totalItems).toBe(4);
      expect(rig.auditor.createEvent).toHaveBeenCalledTimes(1);
      expect(rig.auditor.createEvent).toHaveBeenCalledWith(
        expect.objectContaining({
          eventId: 'event-delete',
          meta: {
            before: '2026-10-23T00:00:00.000Z',
            count: 6,
            reason: 'retention',
          },
        }),
      );
      await rig.retention.sweep();
      expect(rig.auditor.createEvent).toHaveBeenCalledTimes(1);
      expect(rig.logger.warn).not.toHaveBeenCalled();
    });

    it('deletes what was kept aside as long ago', async () => {
      const rig = await setUp(30 * DAY_MS);
      await rig.receive('no record', 31);
      await rig.receive('none either', 29);
      await rig.retention.sweep();
      const { items } = await DeadLetters.create(rig.knex).list({ limit: 9 });
      expect(items.map(({ record }) => record)).toEqual(['none either']);
      expect(rig.auditor.createEvent).toHaveBeenCalledTimes(1);
      expect(rig.auditor.createEvent).toHaveBeenCalledWith(
        expect.objectContaining({
          eventId: 'dead-letter-delete',
          meta: {
            before: '2026-10-23T00:00:00.000Z',
            count: 1,
            reason: 'retention',
          },
        }),
      );
    });

    it('keeps everything for ever without a period', async () => {
      const rig = await setUp();
      await rig.add(10_000);
      await rig.retention.sweep();
      expect(await rig.sequences()).toEqual([1]);
      expect(rig.auditor.createEvent).not.toHaveBeenCalled();
    });

    it('goes on where it was interrupted', async () => {
      const rig = await setUp(30 * DAY_MS);
      await rig.add(0, 31, 32);
      await rig.maintenance.prepare();
      await rig.add(33);
      const stop = new AbortController();
      stop.abort();
      await rig.retention.sweep(stop.signal);
      // Nobody finds them any more, though the rows are there.
      expect(await rig.sequences()).toEqual([1]);
      await rig.retention.sweep();
      expect(await rowsOf(rig.knex)).toEqual([1, 1, 1]);
    });

    it('lists the same before and after the tables are put in order', async () => {
      const rig = await setUp();
      await rig.add(-400, -3, 0, 0, 1, 40, 41, 20_000);
      const before = await rig.store.list({ limit: 200 });
      await rig.maintenance.prepare();
      await rig.maintenance.prepare();
      await rig.add(0);
      const after = await rig.store.list({ limit: 200 });
      expect(after.items.filter(({ sequence }) => sequence < 9)).toEqual(
        before.items,
      );
      expect(after.totalItems).toBe(9);
      expect(rig.logger.warn).not.toHaveBeenCalled();
      // What no day was made for is where it does not bar the making of one.
      const rest =
        databaseId === 'SQLITE_3'
          ? [{ sequence: 1 }]
          : await rig.knex('request_audit_events_default').select('sequence');
      expect(rest.map(({ sequence }) => Number(sequence))).toEqual([1]);
    });
  });
});
