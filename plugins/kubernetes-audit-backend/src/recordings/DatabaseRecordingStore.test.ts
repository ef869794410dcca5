import { TestDatabases } from '@backstage/backend-test-utils';
import type { Knex } from 'knex';
import type { RecordingHeader } from 'backstage-plugin-kubernetes-audit-common';
import { migratedDatabase } from '../__testUtils__/migratedDatabase';
import { recordingHeader } from '../__testUtils__/recordingChunk';
import { MAX_EXACT_TOTAL } from '../database';
import { DatabaseRecordingStore } from './DatabaseRecordingStore';
import { RECORDINGS_TABLE, toRecordingRow } from './recordingRow';
import { noteSearchValues, searchValuesOf } from './RecordingSearch';
import type { RecordingQuery } from './RecordingStore';

jest.setTimeout(120_000);

const START = Date.UTC(2026, 10, 22);
const BATCH = 250;
const CAST_SIZE = {
  sizeBytes: 1,
  incomplete: { output: '', error: '', input: '' },
};

/** Recordings of as many seconds, the newest last. */
function recordings(
  count: number,
  describe: (index: number) => Partial<RecordingHeader>,
): RecordingHeader[] {
  return Array.from({ length: count }, (_, index) =>
    recordingHeader({
      id: `019aa000-0000-7000-9000-${String(index).padStart(12, '0')}`,
      startedAt: new Date(START + index * 1000).toISOString(),
      ...describe(index),
    }),
  );
}

async function fill(knex: Knex, headers: RecordingHeader[]): Promise<void> {
  await knex.transaction(async transaction => {
    const rows = headers.map(header =>
      toRecordingRow({ agentId: 'demo-proxy', header }, CAST_SIZE),
    );
    await transaction.batchInsert(RECORDINGS_TABLE, rows, BATCH);
    const seen = new Set<unknown>();
    for (const row of rows) {
      const key = JSON.stringify(searchValuesOf(row));
      if (!seen.has(key)) {
        seen.add(key);
        await noteSearchValues(transaction, row);
      }
    }
  });
}

describe('DatabaseRecordingStore', () => {
  const databases = TestDatabases.create({ ids: ['POSTGRES_18', 'SQLITE_3'] });

  describe.each(databases.eachSupportedId())('on %p', databaseId => {
    async function setUp(headers: RecordingHeader[]) {
      const knex = await migratedDatabase(databases, databaseId);
      await fill(knex, headers);
      const store = DatabaseRecordingStore.create(knex);
      return {
        knex,
        store,
        remove: async ({ id }: RecordingHeader) => {
          await store.beginRemoval(id, new Date(START));
          await store.remove(id);
        },
        texts: async () =>
          (await knex('recording_search_values').orderBy('value')).map(
            ({ value }) => value,
          ),
        ids: async (query: Partial<RecordingQuery>) =>
          (await store.list({ limit: 50, ...query })).items.map(({ id }) => id),
      };
    }

    const newest = (
      headers: RecordingHeader[],
      matches: (header: RecordingHeader) => boolean,
    ) =>
      headers
        .filter(matches)
        .map(({ id }) => id)
        .reverse();

    it('finds a part of any of the five texts, in any case', async () => {
      const headers = recordings(6, index => ({
        userName: index === 0 ? 'Zoë Sought' : 'guest',
        userEmail: index === 1 ? 'sought@example.com' : undefined,
        clusterName: index === 2 ? 'the-sought-one' : 'demo',
        clientIp: index === 3 ? 'fe80::sought' : '::1',
        clientName: index === 4 ? 'kubectl-sought/1' : undefined,
      }));
      const { store } = await setUp(headers);
      const page = await store.list({ limit: 50, search: ' SOUGHT ' });
      expect(page.items.map(({ id }) => id)).toEqual(
        newest(headers, ({ id }) => id !== headers[5].id),
      );
      expect(page.totalItems).toBe(5);
      expect(
        (await store.list({ limit: 50, search: 'zoË s' })).totalItems,
      ).toBe(1);
    });

    it('takes no character of a search for a pattern', async () => {
      const { ids } = await setUp(
        recordings(3, index => ({ userName: ['a%b', 'a_b', 'a!b'][index] })),
      );
      for (const search of ['%', '_', '!']) {
        expect(await ids({ search })).toHaveLength(1);
      }
      expect(await ids({ search: 'a.b' })).toEqual([]);
    });

    it('finds what a recording brings that begins', async () => {
      const { store } = await setUp([]);
      for (const header of recordings(2, () => ({ userName: 'newcomer' }))) {
        await store.append(
          { agentId: 'demo-proxy', header },
          {
            index: 0,
            firstTime: 0,
            lastTime: 1,
            sizeBytes: 1,
            checksum: '',
            blobKey: header.id,
          },
          CAST_SIZE,
        );
      }
      const page = await store.list({ limit: 50, search: 'newcomer' });
      expect(page.totalItems).toBe(2);
    });

    it('forgets the texts of a removed recording that no other has', async () => {
      const headers = recordings(3, index => ({
        userName: ['anna', 'ben', 'ben'][index],
        userEmail: undefined,
        clientName: undefined,
        clientIp: '::1',
      }));
      const { store, remove, texts } = await setUp(headers);
      expect(await texts()).toEqual(['::1', 'ANNA', 'BEN', 'DEMO']);
      // Not while it is there, although it is in no list any more.
      await store.beginRemoval(headers[0].id, new Date(START));
      expect(await texts()).toContain('ANNA');
      await remove(headers[0]);
      expect(await texts()).toEqual(['::1', 'BEN', 'DEMO']);
      await remove(headers[1]);
      expect(await texts()).toEqual(['::1', 'BEN', 'DEMO']);
      await remove(headers[2]);
      expect(await texts()).toEqual([]);
    });

    it('keeps the texts of a recording that is not removed', async () => {
      const [header] = recordings(1, () => ({ userName: 'anna' }));
      const { store, texts } = await setUp([header]);
      await store.remove(header.id);
      expect(await texts()).toContain('ANNA');
    });

    // SQLite has one writer at a time.
    if (databaseId !== 'SQLITE_3') {
      it('keeps the texts of a recording that begins meanwhile', async () => {
        const [old, next] = recordings(2, () => ({ userName: 'anna' }));
        const { knex, store, remove, texts } = await setUp([old]);
        let removing: Promise<void> | undefined;
        await knex.transaction(async transaction => {
          const row = toRecordingRow(
            { agentId: 'demo-proxy', header: next },
            CAST_SIZE,
          );
          await transaction(RECORDINGS_TABLE).insert(row);
          await noteSearchValues(transaction, row);
          removing = remove(old);
          let waiting = [];
          while (waiting.length === 0) {
            waiting = await transaction('pg_locks').where({ granted: false });
          }
        });
        await removing;
        expect(await texts()).toContain('ANNA');
        const page = await store.list({ limit: 50, search: 'anna' });
        expect(page.items.map(({ id }) => id)).toEqual([next.id]);
      });
    }

    it('finds few recordings of many users', async () => {
      const headers = recordings(300, index => ({ userName: `u${index}-x` }));
      const { store } = await setUp(headers);
      const page = await store.list({ limit: 20, search: '-x' });
      expect(page.totalItems).toBe(300);
      expect(page.items.map(({ id }) => id)).toEqual(
        newest(headers, () => true).slice(0, 20),
      );
    });

    it('finds recordings of more users than it lists', async () => {
      const headers = recordings(1200, index => ({ userName: `u${index}-x` }));
      const { store } = await setUp(headers);
      const page = await store.list({ limit: 20, search: '-x' });
      expect(page.totalItems).toBeUndefined();
      expect(page.items.map(({ id }) => id)).toEqual(
        newest(headers, () => true).slice(0, 20),
      );
    });

    it('pages both ways through more matches than it counts', async () => {
      const headers = recordings(MAX_EXACT_TOTAL + 500, index => ({
        userName: index % 50 === 0 ? 'other' : `sought-${index % 3}`,
        clusterName: index % 2 === 0 ? 'sought' : 'demo',
      }));
      const { store } = await setUp(headers);
      const matching = newest(headers, ({ userName, clusterName }) =>
        `${userName} ${clusterName}`.includes('sought'),
      );
      expect(matching.length).toBeGreaterThan(MAX_EXACT_TOTAL);
      const query = { limit: 50, search: 'sought' };
      const first = await store.list(query);
      expect(first).toMatchObject({
        totalItems: MAX_EXACT_TOTAL,
        totalIsLowerBound: true,
      });
      const second = await store.list({ ...query, cursor: first.nextCursor });
      expect([...first.items, ...second.items].map(({ id }) => id)).toEqual(
        matching.slice(0, 100),
      );
      const back = await store.list({ ...query, cursor: second.prevCursor });
      expect(back.items).toEqual(first.items);
      expect(back.prevCursor).toBeUndefined();

      const to = START + 5000 * 1000;
      const old = await store.list({ ...query, to, order: 'asc' });
      expect(old.items.map(({ id }) => id)).toEqual(
        [...matching].reverse().slice(0, 50),
      );
    });
  });
});
