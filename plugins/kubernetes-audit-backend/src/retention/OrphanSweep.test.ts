import { mockServices, TestDatabases } from '@backstage/backend-test-utils';
import { MemoryBlobStore } from '../__testUtils__/MemoryBlobStore';
import { migratedDatabase } from '../__testUtils__/migratedDatabase';
import {
  frameOf,
  headerEvent,
  recordingEvent,
  recordingHeader,
} from '../__testUtils__/recordingChunk';
import { Agent } from '../agents';
import {
  ChunkNames,
  DatabaseRecordingStore,
  readBlobOwner,
  RecordingIngest,
} from '../recordings';
import { OrphanSweep } from './OrphanSweep';

jest.setTimeout(60_000);

const DAY_MS = 24 * 3600_000;
const START = Date.UTC(2026, 10, 22, 12);

describe('OrphanSweep', () => {
  const databases = TestDatabases.create({ ids: ['POSTGRES_18', 'SQLITE_3'] });

  describe.each(databases.eachSupportedId())('on %p', databaseId => {
    /** A portal with a database of its own, on a store that others may use as well. */
    async function setUp(blobs = new MemoryBlobStore()) {
      const knex = await migratedDatabase(databases, databaseId);
      const store = DatabaseRecordingStore.create(knex);
      const clock = { now: START };
      const now = () => clock.now;
      blobs.now = now;
      const names = ChunkNames.create({
        owner: await readBlobOwner(knex),
        now,
      });
      const ingest = RecordingIngest.create({
        store,
        blobs,
        names,
        indexer: { onChunk: () => {}, request: () => {} },
      });
      const agent = Agent.fromConfig({
        id: 'a',
        subject: 'a',
        clusters: ['*'],
      });
      const logger = mockServices.logger.mock();
      const auditor = mockServices.auditor.mock({
        createEvent: jest.fn(async () => ({
          success: async () => {},
          fail: async () => {},
        })),
      });
      const sweep = OrphanSweep.create({
        store,
        blobs,
        names,
        auditor,
        logger,
        now,
      });
      let count = 0;
      return {
        knex,
        store,
        blobs,
        clock,
        logger,
        auditor,
        sweep: (signal?: AbortSignal) => sweep.sweep(signal),
        keys: () => [...blobs.blobs.keys()].sort(),
        newId: () =>
          `019aa000-0000-7000-9000-${`${++count}`.padStart(12, '0')}`,
        put: (id: string, index: number, text = 'x') =>
          ingest.putChunk(agent, {
            id,
            index,
            bytes: frameOf(index, [
              index === 0
                ? headerEvent(recordingHeader({ id }))
                : recordingEvent('output', index, text),
            ]),
          }),
        /** The blob of the next upload comes, and the portal ends before its row. */
        crash: () => {
          blobs.onPut = async () => {
            blobs.onPut = async () => {};
            throw new Error('crash');
          };
        },
      };
    }

    it('deletes what a crash left between a blob and its row, and says so in the audit log', async () => {
      const rig = await setUp();
      const [id, never] = [rig.newId(), rig.newId()];
      await rig.put(id, 0);
      rig.crash();
      await expect(rig.put(id, 1, 'lost')).rejects.toThrow('crash');
      rig.crash();
      await expect(rig.put(never, 0)).rejects.toThrow('crash');
      await rig.put(id, 1, 'kept');
      expect(rig.keys()).toHaveLength(4);

      rig.clock.now += 8 * DAY_MS;
      await rig.sweep();
      const named = await rig.store.listChunks(id);
      expect(rig.keys()).toEqual(named.map(({ blobKey }) => blobKey).sort());
      expect(rig.auditor.createEvent).toHaveBeenCalledTimes(2);
      expect(rig.auditor.createEvent).toHaveBeenCalledWith({
        eventId: 'recording-orphans-delete',
        severityLevel: 'medium',
        meta: { id: never, blobs: 1, sizeBytes: expect.any(Number) },
      });
      expect(rig.logger.info).toHaveBeenCalledWith(
        expect.any(String),
        expect.objectContaining({ blobs: 4, removed: 2, failed: 0 }),
      );

      await rig.sweep();
      expect(rig.auditor.createEvent).toHaveBeenCalledTimes(2);
      // There is a line also where there was nothing to do.
      expect(rig.logger.info).toHaveBeenLastCalledWith(
        expect.any(String),
        expect.objectContaining({ blobs: 2, removed: 0, unknown: 0 }),
      );
    });

    it('leaves an upload that may still be under way', async () => {
      const rig = await setUp();
      rig.crash();
      await expect(rig.put(rig.newId(), 0)).rejects.toThrow('crash');
      rig.clock.now += 6 * DAY_MS;
      await rig.sweep();
      expect(rig.keys()).toHaveLength(1);
    });

    it('takes nothing away from an upload that comes again while it deletes', async () => {
      const rig = await setUp();
      const id = rig.newId();
      rig.crash();
      await expect(rig.put(id, 0)).rejects.toThrow('crash');
      rig.clock.now += 8 * DAY_MS;
      const { findNamed } = rig.store;
      jest.spyOn(rig.store, 'findNamed').mockImplementation(async query => {
        const found = await findNamed.call(rig.store, query);
        // The same bytes, right after it was looked whether a row names them.
        await rig.put(id, 0);
        return found;
      });
      await rig.sweep();
      const [{ blobKey }] = await rig.store.listChunks(id);
      expect(rig.keys()).toEqual([blobKey]);
    });

    it('leaves what another portal has put into the same place', async () => {
      const other = await setUp();
      const id = other.newId();
      await other.put(id, 0);
      other.crash();
      await expect(other.put(id, 1)).rejects.toThrow('crash');
      await other.blobs.put(
        `recordings/${id}/sidecar-3/final`,
        Buffer.from('x'),
      );
      const keys = other.keys();
      const rig = await setUp(other.blobs);
      rig.clock.now += 30 * DAY_MS;
      await rig.sweep();
      expect(rig.keys()).toEqual(keys);
      expect(rig.logger.warn).not.toHaveBeenCalled();
    });

    it('keeps recordings whose rows went with a database that was restored, and says so', async () => {
      const rig = await setUp();
      const [several, indexed, tiny] = [rig.newId(), rig.newId(), rig.newId()];
      await rig.put(several, 0);
      await rig.put(several, 1);
      await rig.put(indexed, 0);
      await rig.put(tiny, 0);
      await rig.blobs.put(
        `recordings/${indexed}/sidecar-3/final`,
        Buffer.from('x'),
      );
      await rig.knex('recording_chunks').delete();
      await rig.knex('recordings').delete();
      rig.clock.now += 8 * DAY_MS;
      await rig.sweep();
      expect(rig.keys().map(key => key.split('/')[1])).toEqual([
        several,
        several,
        indexed,
        indexed,
      ]);
      expect(rig.logger.warn).toHaveBeenCalledWith(
        expect.stringContaining('the database is older than they are'),
        expect.objectContaining({ unknown: 2, failed: 0 }),
      );
    });

    it('deletes what was written while its recording was deleted, and leaves a deletion that goes on to the retention', async () => {
      const rig = await setUp();
      const [gone, going] = [rig.newId(), rig.newId()];
      await rig.put(going, 0);
      await rig.store.beginRemoval(going, new Date());
      for (const key of [
        `recordings/${gone}/sidecar-3/part-0-1`,
        `recordings/${gone}/sidecar-3/final`,
        `recordings/${going}/sidecar-3/final`,
        'recordings/README',
        'other/thing',
      ]) {
        await rig.blobs.put(key, Buffer.from('x'));
      }
      rig.clock.now += 8 * DAY_MS;
      await rig.sweep();
      expect(rig.keys()).toEqual([
        'other/thing',
        expect.stringContaining(`${going}/0-`),
        `recordings/${going}/sidecar-3/final`,
        'recordings/README',
      ]);
    });

    it('goes on when one cannot be deleted, and gets it the next time', async () => {
      const rig = await setUp();
      for (let i = 0; i < 2; i++) {
        rig.crash();
        await expect(rig.put(rig.newId(), 0)).rejects.toThrow('crash');
      }
      rig.clock.now += 8 * DAY_MS;
      jest
        .spyOn(rig.blobs, 'deleteObject')
        .mockRejectedValueOnce(new Error('the bucket is busy'));
      await rig.sweep();
      expect(rig.keys()).toHaveLength(1);
      expect(rig.logger.error).toHaveBeenCalledTimes(2);
      expect(rig.logger.error).toHaveBeenLastCalledWith(
        expect.stringContaining('some could not be deleted'),
        expect.objectContaining({ failed: 1 }),
      );
      await rig.sweep();
      expect(rig.keys()).toEqual([]);
    });

    it('asks the database for some at a time, of a long recording and of many, until it is told to stop', async () => {
      const rig = await setUp();
      const names = ChunkNames.create({
        owner: await readBlobOwner(rig.knex),
        now: () => START,
      });
      const [long, ...others] = Array.from({ length: 700 }, rig.newId);
      await rig.put(long, 0);
      for (let index = 1; index < 1200; index++) {
        const key = names.keyOf(long, index, `${index % 10}`.repeat(64));
        await rig.blobs.put(key, Buffer.from('x'));
      }
      for (const id of others) {
        await rig.blobs.put(
          names.keyOf(id, 0, '0'.repeat(64)),
          Buffer.from('x'),
        );
      }
      rig.clock.now += 8 * DAY_MS;
      const find = jest.spyOn(rig.store, 'findNamed');
      const stop = new AbortController();
      stop.abort();
      await rig.sweep(stop.signal);
      expect(find).not.toHaveBeenCalled();

      await rig.sweep();
      for (const [{ ids, indexes }] of find.mock.calls) {
        expect(ids.length).toBeLessThanOrEqual(501);
        expect(indexes.length).toBeLessThanOrEqual(1000);
      }
      expect(rig.keys()).toHaveLength(1);
    });
  });
});
