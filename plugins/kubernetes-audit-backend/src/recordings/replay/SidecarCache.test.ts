import { StoredRecording } from '../indexing/__testUtils__/StoredRecording';
import { IndexingThread, RecordingIndexer, SidecarStore } from '../indexing';
import { SidecarCache } from './SidecarCache';

describe('SidecarCache', () => {
  const logger = { warn: jest.fn() };
  let thread: IndexingThread;

  beforeAll(() => {
    thread = IndexingThread.create();
  });
  afterAll(() => thread.stop());

  async function setUp() {
    const recording = StoredRecording.create();
    recording.begin('hello\r\n');
    recording.isComplete = true;
    const { blobs } = recording.blobs;
    const indexer = RecordingIndexer.create({
      store: recording,
      blobs: recording.blobs,
      logger,
      thread,
    });
    await indexer.index(recording.id);
    const cache = SidecarCache.create({
      sidecars: SidecarStore.create(recording.blobs),
      indexer,
    });
    return {
      blobs,
      indexer,
      keyOf: (name: string) =>
        [...blobs.keys()].find(key => key.endsWith(`/${name}`))!,
      latest: () => cache.latest(recording.id, recording.chunks),
      part: () => cache.part(recording.id, { from: 0, to: 1 }),
      keyframes: () => cache.keyframes(recording.id, { from: 0, to: 1 }),
    };
  }

  it.each(['damaged', 'cut'])(
    'has a sidecar made again that is %s',
    async how => {
      const { blobs, indexer, keyOf, latest } = await setUp();
      const sound = new Map(blobs);
      const key = keyOf('final');
      blobs.set(
        key,
        how === 'cut' ? sound.get(key)!.subarray(0, 40) : Buffer.from(how),
      );
      await expect(latest()).rejects.toMatchObject({ name: 'NotFoundError' });
      await indexer.settled();
      expect(blobs).toEqual(sound);
      expect((await latest()).isComplete).toBe(true);
    },
  );

  it.each(['damaged', 'gone'])(
    'has a part made again that is %s',
    async how => {
      for (const ask of ['part', 'keyframes'] as const) {
        const { blobs, indexer, keyOf, ...cache } = await setUp();
        const sound = new Map(blobs);
        if (how === 'gone') {
          blobs.delete(keyOf('part-0-1'));
        } else {
          blobs.set(keyOf('part-0-1'), Buffer.from(how));
        }
        await cache.latest();
        await expect(cache[ask]()).rejects.toMatchObject({
          name: 'NotFoundError',
        });
        await indexer.settled();
        expect(blobs).toEqual(sound);
        await expect(cache[ask]()).resolves.toBeDefined();
      }
    },
  );
});
