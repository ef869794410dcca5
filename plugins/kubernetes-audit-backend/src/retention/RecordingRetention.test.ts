import { mockServices, TestDatabases } from '@backstage/backend-test-utils';
import { MemoryBlobStore } from '../__testUtils__/MemoryBlobStore';
import { migratedDatabase } from '../__testUtils__/migratedDatabase';
import {
  chunkNames,
  frameOf,
  headerEvent,
  recordingHeader,
} from '../__testUtils__/recordingChunk';
import { Agent } from '../agents';
import { DatabaseRecordingStore, RecordingIngest } from '../recordings';
import { RecordingRetention } from './RecordingRetention';

jest.setTimeout(60_000);

const DAY_MS = 24 * 3600_000;
const NOW = Date.UTC(2026, 10, 22);
const HOLD = { since: '2026-11-01T00:00:00.000Z', by: 'user:x/y', reason: 'z' };

describe('RecordingRetention', () => {
  const databases = TestDatabases.create({ ids: ['POSTGRES_18', 'SQLITE_3'] });

  describe.each(databases.eachSupportedId())('on %p', databaseId => {
    async function setUp(options: { keepMs?: number } = {}) {
      const knex = await migratedDatabase(databases, databaseId);
      const store = DatabaseRecordingStore.create(knex);
      const blobs = new MemoryBlobStore();
      const ingest = RecordingIngest.create({
        store,
        blobs,
        names: chunkNames,
        indexer: { onChunk: () => {}, request: () => {} },
      });
      const agent = Agent.fromConfig({
        id: 'demo-proxy',
        subject: 'demo-proxy',
        clusters: ['*'],
      });
      const auditor = mockServices.auditor.mock({
        createEvent: jest.fn(async () => ({
          success: async () => {},
          fail: async () => {},
        })),
      });
      let count = 0;
      return {
        store,
        blobs,
        auditor,
        retention: RecordingRetention.create({
          store,
          blobs,
          auditor,
          logger: mockServices.logger.mock(),
          keepMs: options.keepMs,
          now: () => NOW,
        }),
        /** A recording of so many days ago. */
        add: async (days: number, ended = true) => {
          const startedAt = new Date(NOW - days * DAY_MS).toISOString();
          const id = `019aa000-0000-7000-9000-${`${++count}`.padStart(
            12,
            '0',
          )}`;
          const header = recordingHeader({ id, startedAt });
          await ingest.putChunk(agent, {
            id,
            index: 0,
            bytes: frameOf(0, [headerEvent(header)]),
          });
          if (ended) {
            await ingest.complete(agent, id, {
              status: 'complete',
              endedAt: startedAt,
              durationMs: 0,
              chunkCount: 1,
            });
          }
          return id;
        },
      };
    }

    const isThere = async (
      { store, blobs }: Awaited<ReturnType<typeof setUp>>,
      id: string,
    ) => {
      const row = (await store.get(id)) !== undefined;
      expect([...blobs.blobs.keys()].some(key => key.includes(id))).toBe(row);
      expect((await store.listChunks(id)).length > 0).toBe(row);
      return row;
    };

    it('deletes what is older than the period, and says so in the audit log', async () => {
      const rig = await setUp({ keepMs: 30 * DAY_MS });
      const old = await rig.add(31);
      const young = await rig.add(29);
      await rig.retention.sweep();
      expect(await isThere(rig, old)).toBe(false);
      expect(await isThere(rig, young)).toBe(true);
      expect(rig.auditor.createEvent).toHaveBeenCalledTimes(1);
      expect(rig.auditor.createEvent).toHaveBeenCalledWith(
        expect.objectContaining({
          eventId: 'recording-delete',
          meta: { id: old, reason: 'retention' },
        }),
      );
    });

    it('keeps everything for ever without a period', async () => {
      const rig = await setUp();
      const old = await rig.add(10_000);
      await rig.retention.sweep();
      expect(await isThere(rig, old)).toBe(true);
    });

    it('keeps what has a legal hold until that is taken away', async () => {
      const rig = await setUp({ keepMs: 30 * DAY_MS });
      const held = await rig.add(31);
      expect(await rig.store.setLegalHold(held, HOLD)).toBe(true);
      await rig.retention.sweep();
      expect(await isThere(rig, held)).toBe(true);
      expect(await rig.store.get(held)).toMatchObject({ legalHold: HOLD });
      await rig.store.setLegalHold(held, undefined);
      await rig.retention.sweep();
      expect(await isThere(rig, held)).toBe(false);
      expect(await rig.store.setLegalHold(held, HOLD)).toBe(false);
    });

    it('gives the proxy of a recording that never ended a week to come back', async () => {
      const rig = await setUp({ keepMs: 30 * DAY_MS });
      const running = await rig.add(31, false);
      const abandoned = await rig.add(38, false);
      await rig.retention.sweep();
      expect(await isThere(rig, running)).toBe(true);
      expect(await isThere(rig, abandoned)).toBe(false);
    });

    it('goes on where it was interrupted', async () => {
      const rig = await setUp({ keepMs: 30 * DAY_MS });
      const ids = [];
      for (let i = 0; i < 3; i++) {
        ids.push(await rig.add(31));
      }
      const remove = jest
        .spyOn(rig.blobs, 'delete')
        .mockRejectedValueOnce(new Error('the disk is away'));
      await rig.retention.sweep();
      expect(remove).toHaveBeenCalledTimes(3);
      // What has begun to go is not shown any more.
      expect(await rig.store.get(ids[0])).toBeUndefined();
      expect((await rig.store.list({ limit: 10 })).items).toEqual([]);
      await rig.retention.sweep();
      expect(await isThere(rig, ids[0])).toBe(false);
    });

    it('deletes any number, page by page, until it is told to stop', async () => {
      const rig = await setUp({ keepMs: DAY_MS });
      const ids = [];
      for (let i = 0; i < 205; i++) {
        ids.push(await rig.add(2));
      }
      const stop = new AbortController();
      stop.abort();
      await rig.retention.sweep(stop.signal);
      expect(await isThere(rig, ids[0])).toBe(true);
      await rig.retention.sweep();
      expect((await rig.store.list({ limit: 10 })).items).toEqual([]);
      expect(rig.blobs.blobs.size).toBe(0);
    });
  });
});
