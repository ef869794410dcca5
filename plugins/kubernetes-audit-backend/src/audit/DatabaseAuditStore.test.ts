import { TestDatabaseId, TestDatabases } from '@backstage/backend-test-utils';
import {
  evaluateFilterPredicate,
  FilterPredicate,
} from '@backstage/filter-predicates';
import type { Knex } from 'knex';
import type { SpoolRecord } from 'backstage-plugin-kubernetes-audit-common';
import { migratedDatabase } from '../__testUtils__/migratedDatabase';
import { eventId, eventTime, spoolRecord } from '../__testUtils__/spoolRecord';
import type { EventQuery } from './AuditStore';
import { openEventStore } from './openEventStore';

jest.setTimeout(60_000);

async function write(knex: Knex, ...records: SpoolRecord[]): Promise<void> {
  const { writer } = openEventStore(knex);
  await knex.transaction(transaction =>
    writer.write(transaction, 'demo-proxy', records),
  );
}

describe('DatabaseAuditStore', () => {
  const databases = TestDatabases.create({ ids: ['POSTGRES_18', 'SQLITE_3'] });

  async function setUp(databaseId: TestDatabaseId, ...records: SpoolRecord[]) {
    const knex = await migratedDatabase(databases, databaseId);
    await write(knex, ...records);
    const { store } = openEventStore(knex);
    const idsOf = async (query: Partial<EventQuery>) => {
      const page = await store.list({ limit: 200, order: 'asc', ...query });
      return page.items.map(({ id }) => id);
    };
    return { knex, store, idsOf };
  }

  describe.each(databases.eachSupportedId())('%p', databaseId => {
    it('gives the newest first, without bodies, and one with its body', async () => {
      const { store } = await setUp(
        databaseId,
        spoolRecord(1, { requestBody: 'kind: Pod\0\n', latencyMs: 1.5 }),
        spoolRecord(2),
      );
      const page = await store.list({ limit: 10 });
      expect(page).toEqual({
        items: [
          expect.objectContaining({ id: eventId(2), number: 2 }),
          expect.objectContaining({ id: eventId(1), number: 1 }),
        ],
        nextCursor: undefined,
        prevCursor: undefined,
        totalItems: 2,
      });
      expect(page.items[1]).not.toHaveProperty('requestBody');

      const {
        schemaVersion: _,
        phase: __,
        ...event
      } = spoolRecord(1, { requestBody: 'kind: Pod\0\n', latencyMs: 1.5 });
      expect(await store.get(eventId(1).toUpperCase())).toEqual({
        ...event,
        number: 1,
        agentId: 'demo-proxy',
      });
      expect(await store.get(eventId(3))).toBeUndefined();
      expect(await store.get('no-uuid')).toBeUndefined();
    });

    it('leaves out no number when outcomes come behind their attempts', async () => {
      const { knex, store } = await setUp(
        databaseId,
        spoolRecord(1, { phase: 'attempt' }),
        spoolRecord(2, { phase: 'attempt' }),
      );
      await write(
        knex,
        spoolRecord(1, { phase: 'outcome' }),
        spoolRecord(2, { phase: 'outcome' }),
        spoolRecord(3),
      );
      await write(knex, spoolRecord(4));
      const { items } = await store.list({ limit: 10, order: 'asc' });
      expect(items.map(({ number }) => number)).toEqual([1, 2, 3, 4]);
    });

    it('pages forth and back while events are inserted at both ends', async () => {
      // Pairs share a time: then the id decides.
      const tenth = Array.from({ length: 10 }, (_, i) =>
        spoolRecord(i + 10, { executedAt: eventTime(10 + (i >> 1)) }),
      );
      const { knex, store } = await setUp(databaseId, ...tenth);
      const ids = (page: { items: { id: string }[] }) =>
        page.items.map(({ id }) => id);
      const range = (first: number, last: number) =>
        Array.from({ length: first - last + 1 }, (_, i) => eventId(first - i));

      const first = await store.list({ limit: 4 });
      expect(ids(first)).toEqual(range(19, 16));
      expect(first.prevCursor).toBeUndefined();

      await write(knex, spoolRecord(30), spoolRecord(1));
      const second = await store.list({ limit: 4, cursor: first.nextCursor });
      expect(ids(second)).toEqual(range(15, 12));

      const third = await store.list({ limit: 4, cursor: second.nextCursor });
      expect(ids(third)).toEqual([...range(11, 10), eventId(1)]);
      expect(third.nextCursor).toBeUndefined();

      const back = await store.list({ limit: 4, cursor: third.prevCursor });
      expect(ids(back)).toEqual(range(15, 12));
      const start = await store.list({ limit: 4, cursor: back.prevCursor });
      expect(ids(start)).toEqual(range(19, 16));
      const inserted = await store.list({ limit: 4, cursor: start.prevCursor });
      expect(ids(inserted)).toEqual([eventId(30)]);
      expect(inserted.prevCursor).toBeUndefined();
      expect(inserted.nextCursor).toBeDefined();
    });

    it('pages oldest first, and the cursor remembers the order', async () => {
      const { store } = await setUp(
        databaseId,
        ...[1, 2, 3].map(n => spoolRecord(n)),
      );
      const first = await store.list({ limit: 2, order: 'asc' });
      expect(first.items.map(({ id }) => id)).toEqual([eventId(1), eventId(2)]);
      const second = await store.list({ limit: 2, cursor: first.nextCursor });
      expect(second.items.map(({ id }) => id)).toEqual([eventId(3)]);
      await expect(
        store.list({ limit: 2, cursor: first.nextCursor, order: 'desc' }),
      ).rejects.toThrow('cursor: is for order=asc');
      await expect(store.list({ limit: 2, cursor: 'bm9uZQ' })).rejects.toThrow(
        'cursor: not one that this API has given',
      );
    });

    it('bounds a page by from, included, and to, not included', async () => {
      const { idsOf } = await setUp(
        databaseId,
        ...[1, 2, 3, 4].map(n => spoolRecord(n)),
      );
      expect(
        await idsOf({
          from: Date.parse(eventTime(2)),
          to: Date.parse(eventTime(4)),
        }),
      ).toEqual([eventId(2), eventId(3)]);
    });

    it('searches for a part of the user or the cluster, in any case and literally', async () => {
      const { idsOf } = await setUp(
        databaseId,
        spoolRecord(1, { userName: 'Jürgen', clusterName: 'prod' }),
        spoolRecord(2, { userName: 'jane', clusterName: 'JÜlich' }),
        spoolRecord(3, { userName: '100%_!sure', clusterName: 'dev' }),
        spoolRecord(4, { userName: 'nobody', message: 'jürgen' }),
      );
      expect(await idsOf({ search: 'jü' })).toEqual([eventId(1), eventId(2)]);
      expect(await idsOf({ search: ' PROD ' })).toEqual([eventId(1)]);
      expect(await idsOf({ search: '%_!' })).toEqual([eventId(3)]);
      expect(await idsOf({ search: '0_' })).toEqual([]);
      expect(await idsOf({ search: '' })).toHaveLength(4);
    });

    it('counts what matches', async () => {
      const { store } = await setUp(
        databaseId,
        ...[1, 2, 3].map(n => spoolRecord(n)),
        spoolRecord(4, { verb: 'get' }),
      );
      const page = await store.list({ limit: 1, filter: { verb: 'list' } });
      expect(page.items).toHaveLength(1);
      expect(page.totalItems).toBe(3);
    });

    it('counts no further than 10,000', async () => {
      const { knex, store } = await setUp(databaseId);
      const records = Array.from({ length: 10_001 }, (_, i) =>
        spoolRecord(i + 1, {
          executedAt: eventTime(i % 100),
          verb: i === 0 ? 'get' : 'list',
          message: 'x',
        }),
      );
      await write(knex, ...records);
      const total = async (filter: object) =>
        (({ totalItems, totalIsLowerBound }) => [
          totalItems,
          totalIsLowerBound,
        ])(await store.list({ limit: 1, filter }));
      // What the roll-up knows, and what has to be looked for.
      expect(await total({})).toEqual([10_000, true]);
      expect(await total({ message: 'x' })).toEqual([10_000, true]);
      expect(await total({ verb: 'list' })).toEqual([10_000, undefined]);
      expect(await total({ message: 'x', verb: 'list' })).toEqual([
        10_000,
        undefined,
      ]);
    });

    it('means by a named resource the one of its built-in group', async () => {
      const { idsOf } = await setUp(
        databaseId,
        spoolRecord(1, { resource: 'services', apiGroup: '' }),
        spoolRecord(2, { resource: 'services', apiGroup: undefined }),
        spoolRecord(3, {
          resource: 'services',
          apiGroup: 'serving.knative.dev',
        }),
        spoolRecord(4, { resource: 'deployments', apiGroup: 'apps' }),
        spoolRecord(5, { resource: 'pods/attach', apiGroup: '' }),
      );
      expect(await idsOf({ filter: { resource: 'Services' } })).toEqual([
        eventId(1),
        eventId(2),
      ]);
      expect(await idsOf({ filter: { resource: 'others' } })).toEqual([
        eventId(3),
        eventId(5),
      ]);
      expect(await idsOf({ filter: { $not: { resource: 'others' } } })).toEqual(
        [eventId(1), eventId(2), eventId(4)],
      );
      expect(
        await idsOf({
          filter: { resource: { $in: ['deployments', 'pods/attach'] } },
        }),
      ).toEqual([eventId(4), eventId(5)]);
    });

    it('compares times', async () => {
      const { idsOf } = await setUp(
        databaseId,
        ...[1, 2, 3, 4].map(n => spoolRecord(n)),
      );
      const filter = {
        $any: [
          { executedAt: { $gte: eventTime(2), $lt: eventTime(3) } },
          { executedAt: { $gt: eventTime(3) } },
          { executedAt: eventTime(1) },
        ],
      };
      expect(await idsOf({ filter })).toEqual([1, 2, 4].map(eventId));
    });

    it('filters as @backstage/filter-predicates does in memory', async () => {
      const records = [
        spoolRecord(1, {
          userName: 'Straße',
          kubernetesGroups: ['Developers', 'a"b\\'],
          statusCode: 404,
        }),
        spoolRecord(2, {
          userName: 'ÉMILE',
          role: 'admin%',
          namespace: undefined,
          kubernetesGroups: [],
        }),
        spoolRecord(3, {
          userName: 'émile',
          role: 'Administrator',
          latencyMs: 0.5,
          requestBodyTruncated: true,
        }),
        spoolRecord(4, { userName: '7', role: undefined, statusCode: 7 }),
      ];
      const { idsOf } = await setUp(databaseId, ...records);
      const filters: FilterPredicate[] = [
        { userName: 'émile' },
        { userName: 'STRASSE' },
        { userName: 7 },
        { userName: true },
        { statusCode: '404' },
        { statusCode: 404 },
        { statusCode: '404.0' },
        { statusCode: 'x' },
        { latencyMs: 0.5 },
        { requestBodyTruncated: true },
        { requestBodyTruncated: 'true' },
        { role: { $exists: true } },
        { role: { $exists: false } },
        { role: { $hasPrefix: 'ADMIN' } },
        { role: { $hasPrefix: 'admin%' } },
        { $not: { role: 'administrator' } },
        { $not: { role: { $hasPrefix: 'a' } } },
        { $not: { $not: { namespace: 'DEFAULT' } } },
        { namespace: { $in: ['default', 'other'] } },
        { $not: { namespace: { $in: ['default', 'other'] } } },
        { namespace: { $in: [] } },
        { kubernetesGroups: { $contains: 'developers' } },
        { kubernetesGroups: { $contains: 'develop' } },
        { kubernetesGroups: { $contains: 'A"B\\' } },
        { kubernetesGroups: { $exists: true } },
        { $not: { kubernetesGroups: { $contains: 'developers' } } },
        { userName: 'émile', role: 'administrator' },
        { $all: [] },
        { $any: [] },
        { $not: { $all: [] } },
        { $not: { $any: [] } },
        {
          $any: [
            { $all: [{ verb: 'LIST' }, { statusCode: 404 }] },
            { role: 'admin%' },
          ],
        },
      ];
      for (const filter of filters) {
        const expected = records
          .filter(record => evaluateFilterPredicate(filter, record))
          .map(({ id }) => id);
        expect({ filter, ids: await idsOf({ filter }) }).toEqual({
          filter,
          ids: expected,
        });
      }
    });

    it('tells ids and numbers of every form apart without a database error', async () => {
      const { idsOf } = await setUp(databaseId, spoolRecord(1));
      expect(
        await idsOf({ filter: { id: eventId(1).toUpperCase() } }),
      ).toHaveLength(1);
      for (const filter of [
        { id: 'no-uuid' },
        { number: 1.5 },
        { statusCode: 1e300 },
        { latencyMs: 'Infinity' },
        { message: 'nul \0 byte' },
      ]) {
        expect(await idsOf({ filter })).toEqual([]);
      }
    });

    it('says to narrow the range where nothing but reading every row would find a page', async () => {
      const { knex } = await setUp(
        databaseId,
        ...Array.from({ length: 40 }, (_, i) =>
          spoolRecord(i + 1, {
            executedAt: eventTime(i * 7200),
            message: i < 2 || i > 36 ? 'rare' : 'OK',
          }),
        ),
      );
      let time = 0;
      const { store } = openEventStore(knex, {
        budgets: {
          orderedRows: 5,
          mostOrderedRows: 5,
          candidates: 5,
          countedCandidates: 8,
          refinedRows: 5,
          trivialRows: 0,
        },
        // Each look at the clock is three seconds later.
        elapsed: () => (time += 3000),
      });
      const filter = { message: 'rare' };
      await expect(store.list({ limit: 10, filter })).rejects.toThrow(
        'narrow the range',
      );
      // With more to go by it is found; a total that takes long is a lower bound.
      const page = await store.list({ limit: 2, filter });
      expect(page.items.map(({ id }) => id)).toEqual([
        eventId(40),
        eventId(39),
      ]);
      expect(page.totalIsLowerBound).toBe(true);
      expect(page.totalItems).toBeLessThan(5);
      // A file is read to its end.
      const exported: string[] = [];
      const batches = store.export({ filter }, { order: 'desc', batch: 10 });
      for await (const batch of batches) {
        exported.push(...batch.map(({ id }) => id));
      }
      expect(exported).toEqual([40, 39, 38, 2, 1].map(eventId));
    });
  });
});
