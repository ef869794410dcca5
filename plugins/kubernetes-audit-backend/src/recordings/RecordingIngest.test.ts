import { TestDatabaseId, TestDatabases } from '@backstage/backend-test-utils';
import {
  encodeFrame,
  FRAME_HEADER_BYTES,
  MAX_FRAME_EVENTS,
  RecordingCompletion,
} from 'backstage-plugin-kubernetes-audit-common';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { MemoryBlobStore } from '../__testUtils__/MemoryBlobStore';
import { migratedDatabase } from '../__testUtils__/migratedDatabase';
import {
  chunkNames,
  frameOf,
  headerEvent,
  recordingEvent,
  recordingHeader,
} from '../__testUtils__/recordingChunk';
import { Agent } from '../agents';
import { DatabaseRecordingStore } from './DatabaseRecordingStore';
import { RecordingIngest } from './RecordingIngest';

jest.setTimeout(60_000);

const header = recordingHeader();
const { id } = header;
const chunk0 = frameOf(0, [
  headerEvent(header),
  recordingEvent('output', 1000, 'hello'),
]);
const chunk1 = Buffer.concat([
  frameOf(1, [recordingEvent('output', 2000, 'a')], 'gzip'),
  frameOf(2, [recordingEvent('output', 3000, 'b')], 'none'),
]);
const completion: RecordingCompletion = {
  status: 'complete',
  endedAt: '2026-11-22T01:50:00.000Z',
  durationMs: 139_000,
  exitCode: 0,
  chunkCount: 2,
};
const conflict = (message: string | RegExp) =>
  expect.objectContaining({
    name: 'ConflictError',
    message: expect.stringMatching(message),
  });

describe('RecordingIngest', () => {
  const databases = TestDatabases.create({ ids: ['POSTGRES_18', 'SQLITE_3'] });

  async function setUp(databaseId: TestDatabaseId) {
    const knex = await migratedDatabase(databases, databaseId);
    const store = DatabaseRecordingStore.create(knex);
    const blobs = new MemoryBlobStore();
    const ingest = RecordingIngest.create({
      store,
      blobs,
      names: chunkNames,
      indexer: { onChunk: () => {}, request: () => {} },
    });
    const agentOf = (agentId: string, clusters = ['*']) =>
      Agent.fromConfig({ id: agentId, subject: agentId, clusters });
    const agent = agentOf('demo-proxy');
    return {
      store,
      blobs,
      agentOf,
      put: (index: number, bytes: Uint8Array, by: Agent = agent) =>
        ingest.putChunk(by, { id, index, bytes }),
      complete: (end: RecordingCompletion, by: Agent = agent) =>
        ingest.complete(by, id, end),
    };
  }

  describe.each(databases.eachSupportedId())('%p', databaseId => {
    it('makes a recording of its chunks and its end', async () => {
      const { put, complete, store, blobs } = await setUp(databaseId);
      expect(await put(0, chunk0)).toEqual({ nextIndex: 1 });
      expect(await store.get(id)).toEqual({
        ...header,
        number: 1,
        agentId: 'demo-proxy',
        status: 'recording',
        sizeBytes: expect.any(Number),
      });
      expect(await put(1, chunk1)).toEqual({ nextIndex: 2 });
      await complete(completion);
      expect(await store.get(id)).toMatchObject({
        status: 'complete',
        endedAt: completion.endedAt,
        durationMs: 139_000,
        exitCode: 0,
      });
      const chunks = await store.listChunks(id);
      expect(chunks).toEqual([
        expect.objectContaining({ index: 0, firstTime: 0, lastTime: 1000 }),
        expect.objectContaining({
          index: 1,
          firstTime: 2000,
          lastTime: 3000,
          // An event of one byte takes four: type, delta, length, payload.
          sizeBytes: 2 * (FRAME_HEADER_BYTES + 4),
        }),
      ]);
      expect(chunks.map(({ blobKey }) => blobs.blobs.get(blobKey))).toEqual([
        chunk0,
        chunk1,
      ]);
    });

    it('takes the same chunk and the same end again, also later', async () => {
      const { put, complete, store } = await setUp(databaseId);
      await put(0, chunk0);
      await put(1, chunk1);
      const size = (await store.get(id))?.sizeBytes;
      expect(await put(0, chunk0)).toEqual({ nextIndex: 2 });
      await complete(completion);
      await complete({ ...completion });
      expect(await put(1, chunk1)).toEqual({ nextIndex: 2 });
      expect((await store.get(id))?.sizeBytes).toBe(size);
    });

    it('refuses other bytes under an index, a gap, and anything after the end, and names the next index', async () => {
      const { put, complete } = await setUp(databaseId);
      await expect(put(1, chunk1)).rejects.toThrow(
        conflict('the next index is 0'),
      );
      await put(0, chunk0);
      await expect(put(0, chunk1)).rejects.toThrow(
        conflict('stored with other bytes: the next index is 1'),
      );
      await expect(put(2, chunk1)).rejects.toThrow(
        expect.objectContaining({ name: 'ConflictError', nextIndex: 1 }),
      );
      await expect(complete(completion)).rejects.toThrow(
        conflict('has 1 chunks, not 2: the next index is 1'),
      );
      await put(1, chunk1);
      await complete(completion);
      await expect(put(2, chunk1)).rejects.toThrow(conflict('is complete'));
      await expect(
        complete({ ...completion, status: 'failed' }),
      ).rejects.toThrow(conflict('has ended otherwise'));
    });

    it('refuses what is no chunk and keeps nothing of it', async () => {
      const { put, blobs, store } = await setUp(databaseId);
      const flipped = Buffer.from(chunk0);
      flipped[flipped.length - 1] ^= 1;
      const bomb = encodeFrame(gzipSync(Buffer.alloc(9 * 1024 * 1024)), {
        compression: 'gzip',
        last: false,
        sequence: 0,
        uncompressedBytes: 100,
        eventCount: 1,
        firstTime: 0,
        lastTime: 0,
      });
      const manyEvents = Buffer.alloc(3 * (MAX_FRAME_EVENTS + 1), 'o\0\0');
      const eventBomb = encodeFrame(zstdCompressSync(manyEvents), {
        compression: 'zstd',
        last: false,
        sequence: 0,
        uncompressedBytes: manyEvents.length,
        eventCount: 1,
        firstTime: 0,
        lastTime: 0,
      });
      const otherId = '019aa000-0000-7000-9000-000000000002';
      for (const [bytes, message] of [
        [Buffer.alloc(0), 'one frame at least'],
        [flipped, 'corrupt'],
        [chunk0.subarray(0, chunk0.length - 1), 'ends inside a frame'],
        [bomb, 'is not gzip of at most'],
        [eventBomb, `more than ${MAX_FRAME_EVENTS} events`],
        [Buffer.concat([chunk0, eventBomb]), 'events'],
        [chunk1, 'does not begin with the header event'],
        [
          frameOf(0, [headerEvent({ ...header, id: otherId })]),
          `is of ${otherId}`,
        ],
        [frameOf(0, [recordingEvent('header', 0, '{}')]), 'header: id'],
        [frameOf(0, [recordingEvent('header', 0, 'x')]), 'header: value'],
      ] as const) {
        await expect(put(0, bytes)).rejects.toThrow(message);
      }
      expect(blobs.blobs.size).toBe(0);
      expect(await store.get(id)).toBeUndefined();
    });

    it('refuses a recording of a cluster that the agent is not bound to, and another agent’s', async () => {
      const { put, complete, agentOf } = await setUp(databaseId);
      const notAllowed = expect.objectContaining({ name: 'NotAllowedError' });
      await expect(
        put(0, chunk0, agentOf('demo-proxy', ['prod-*'])),
      ).rejects.toThrow(notAllowed);
      await put(0, chunk0);
      const other = agentOf('other');
      await expect(put(0, chunk0, other)).rejects.toThrow(notAllowed);
      await expect(put(1, chunk1, other)).rejects.toThrow(notAllowed);
      await expect(
        complete({ ...completion, chunkCount: 1 }, other),
      ).rejects.toThrow(notAllowed);
    });

    it('takes other bytes for a chunk whose first upload was never finished', async () => {
      const { put, blobs, store } = await setUp(databaseId);
      await put(0, chunk0);
      blobs.onPut = async () => {
        throw new Error('crash');
      };
      await expect(put(1, chunk1)).rejects.toThrow('crash');
      blobs.onPut = async () => {};
      const otherBytes = frameOf(1, [recordingEvent('output', 2000, 'ab')]);
      await put(1, otherBytes);
      const [, { blobKey }] = await store.listChunks(id);
      expect(blobs.blobs.get(blobKey)).toBe(otherBytes);
    });

    it('keeps one of two uploads of an index that run at once', async () => {
      const { put, blobs, store } = await setUp(databaseId);
      const rival = frameOf(0, [headerEvent(header)], 'none');
      let rivalry: Promise<unknown> | undefined;
      blobs.onPut = async () => {
        blobs.onPut = async () => {};
        rivalry = put(0, rival);
        await rivalry;
      };
      await expect(put(0, chunk0)).rejects.toThrow(conflict('other bytes'));
      await rivalry;
      const [chunk] = await store.listChunks(id);
      expect(blobs.blobs.get(chunk.blobKey)).toBe(rival);
    });

    it('adds nothing to a recording whose removal begins while a chunk comes in', async () => {
      const { put, complete, blobs, store } = await setUp(databaseId);
      await put(0, chunk0);
      blobs.onPut = async () => {
        await store.beginRemoval(id, new Date());
      };
      await expect(put(1, chunk1)).rejects.toThrow(
        conflict('the next index is 0'),
      );
      expect(await store.listChunks(id)).toHaveLength(1);
      await expect(complete({ ...completion, chunkCount: 1 })).rejects.toThrow(
        expect.objectContaining({ name: 'NotFoundError' }),
      );
    });

    it('ends no recording that never began', async () => {
      const { complete } = await setUp(databaseId);
      await expect(complete(completion)).rejects.toThrow(
        expect.objectContaining({ name: 'NotFoundError' }),
      );
    });
  });
});
