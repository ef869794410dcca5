import { createMockDirectory } from '@backstage/backend-test-utils';
import type { BlobStore } from 'backstage-plugin-kubernetes-audit-node';
import { readdirSync } from 'node:fs';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { BUCKET, S3TestServer } from '../../__testUtils__/S3TestServer';
import { DiskBlobStore } from './DiskBlobStore';
import { S3BlobStore } from './S3BlobStore';

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
});
