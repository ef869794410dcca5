import { createMockDirectory } from '@backstage/backend-test-utils';
import type { BlobStore } from 'backstage-plugin-kubernetes-audit-node';
import { readdirSync, utimesSync, writeFileSync } from 'node:fs';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { BUCKET, S3TestServer } from '../../__testUtils__/S3TestServer';
import { DiskBlobStore } from './DiskBlobStore';
import { S3BlobStore } from './S3BlobStore';

jest.setTimeout(60_000);

describe('blob stores', () => {
  const directory = createMockDirectory();
  let server: S3TestServer;

  beforeEach(async () => {
    directory.clear();
    server = await S3TestServer.start(directory.resolve('s3'));
  });
  afterEach(() => server.stop());

  const stores: [string, () => Promise<BlobStore>][] = [
    ['DiskBlobStore', () => DiskBlobStore.create(directory.resolve('disk'))],
    [
      'S3BlobStore',
      async () =>
        S3BlobStore.create(server.clientConfig, { bucket: BUCKET, prefix: '' }),
    ],
  ];

  describe.each(stores)('%s', (_, create) => {
    const read = async (store: BlobStore, key: string) =>
      text(await store.get(key));

    it('gives back what was put, as bytes or as a stream', async () => {
      const store = await create();
      expect(await store.put('a/b', Buffer.from('one'))).toEqual({
        sizeBytes: 3,
      });
      expect(await store.put('a/c', Readable.from(['t', 'wo']))).toEqual({
        sizeBytes: 3,
      });
      expect(await read(store, 'a/b')).toBe('one');
      expect(await read(store, 'a/c')).toBe('two');
    });

    it('takes the same object again', async () => {
      const store = await create();
      await store.put('a', Buffer.from('one'));
      await store.put('a', Buffer.from('one'));
      expect(await read(store, 'a')).toBe('one');
    });

    it('leaves nothing of an object whose stream fails', async () => {
      const store = await create();
      const failing = Readable.from(
        (async function* parts() {
          yield 'half';
          throw new Error('cut');
        })(),
      );
      await expect(store.put('a', failing)).rejects.toThrow('cut');
      await expect(store.get('a')).rejects.toThrow('No object a');
    });

    it('deletes what is below a prefix and nothing else', async () => {
      const store = await create();
      for (const key of ['r/1/0', 'r/1/1', 'r/10/0']) {
        await store.put(key, Buffer.from(key));
      }
      await store.delete('r/1/');
      await store.delete('r/2/');
      await expect(store.get('r/1/0')).rejects.toThrow(
        expect.objectContaining({ name: 'NotFoundError' }),
      );
      expect(await read(store, 'r/10/0')).toBe('r/10/0');
      await expect(store.delete('r/1')).rejects.toThrow('does not end with /');
    });

    it('lists what is below a prefix, each recording by itself, with sizes and times', async () => {
      const store = await create();
      const listed = async (prefix: string) => {
        const blobs = [];
        for await (const blob of store.list(prefix)) {
          blobs.push(blob);
        }
        return blobs;
      };
      expect(await listed('r/')).toEqual([]);
      const keys = ['r/1/0', 'r/1/side/final', 'r/10/0', 'r/2/0', 'r/1/10'];
      for (const key of [...keys, 's/1', 'r2/1']) {
        await store.put(key, Buffer.from(key));
      }
      const blobs = await listed('r/');
      expect(blobs.map(({ key }) => key).sort()).toEqual([...keys].sort());
      for (const { key, sizeBytes, lastModified } of blobs) {
        expect(sizeBytes).toBe(key.length);
        expect(Math.abs(lastModified.getTime() - Date.now())).toBeLessThan(
          3600_000,
        );
      }
      const recordings = blobs.map(({ key }) => key.split('/')[1]);
      expect(
        recordings.filter((id, at) => id !== recordings[at - 1]).sort(),
      ).toEqual(['1', '10', '2']);
      expect((await listed('r/1/')).map(({ key }) => key).sort()).toEqual([
        'r/1/0',
        'r/1/10',
        'r/1/side/final',
      ]);
      // Whoever has seen enough leaves.
      for await (const { key } of store.list('r/')) {
        expect(key).toMatch(/^r\//);
        break;
      }
      await expect(async () => listed('r')).rejects.toThrow(
        'does not end with /',
      );
    });

    it('deletes one object, and no other that begins with its name', async () => {
      const store = await create();
      await store.put('r/1/0', Buffer.from('a'));
      await store.put('r/1/01', Buffer.from('b'));
      await store.deleteObject('r/1/0');
      await store.deleteObject('r/1/0');
      await expect(store.get('r/1/0')).rejects.toThrow('No object');
      expect(await read(store, 'r/1/01')).toBe('b');
    });

    it.each([
      '',
      '..',
      '../x',
      'a/../../x',
      '/etc/passwd',
      'a//b',
      'a/~tmp',
      'a\\b',
      'a/.',
      'a\0',
    ])('refuses the key %j', async key => {
      const store = await create();
      await expect(store.put(key, Buffer.from('x'))).rejects.toThrow(
        'Not a key',
      );
      await expect(store.get(key)).rejects.toThrow('Not a key');
      await expect(store.delete(`${key}/`)).rejects.toThrow('Not a key');
      await expect(store.deleteObject(key)).rejects.toThrow('Not a key');
      await expect(async () => {
        for await (const blob of store.list(`${key}/`)) {
          throw new Error(blob.key);
        }
      }).rejects.toThrow('Not a key');
    });
  });

  it('leaves no temporary file of a stream that fails on the disk', async () => {
    const store = await DiskBlobStore.create(directory.resolve('disk'));
    const failing = Readable.from(
      (async function* parts() {
        yield 'half';
        throw new Error('cut');
      })(),
    );
    await expect(store.put('a', failing)).rejects.toThrow('cut');
    expect(readdirSync(directory.resolve('disk/~tmp'))).toEqual([]);
  });

  it('leaves no empty directory on the disk, and no object without one', async () => {
    const root = directory.resolve('disk');
    const store = await DiskBlobStore.create(root);
    await store.put('r/1/a', Buffer.from('x'));
    await store.put('r/2/side/b', Buffer.from('x'));
    await store.deleteObject('r/2/side/b');
    expect(readdirSync(`${root}/r`)).toEqual(['1']);
    for (let round = 0; round < 50; round++) {
      const [{ sizeBytes }] = await Promise.all([
        store.put('r/3/b', Buffer.from('x')),
        store.deleteObject('r/3/a'),
        store.deleteObject('r/3/c'),
      ]);
      expect(sizeBytes).toBe(1);
      await store.deleteObject('r/3/b');
    }
  });

  it('takes away what a process that ended has left half written on the disk, and nobody else’s', async () => {
    const root = directory.resolve('disk');
    await DiskBlobStore.create(root);
    const [old, young] = ['old', 'young'].map(name => `${root}/~tmp/${name}`);
    writeFileSync(old, 'half');
    writeFileSync(young, 'half');
    const twoDaysAgo = Date.now() / 1000 - 2 * 24 * 3600;
    utimesSync(old, twoDaysAgo, twoDaysAgo);
    await DiskBlobStore.create(root);
    expect(readdirSync(`${root}/~tmp`)).toEqual(['young']);
  });
});
