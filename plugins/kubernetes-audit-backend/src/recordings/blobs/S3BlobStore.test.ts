import { createMockDirectory } from '@backstage/backend-test-utils';
import { randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { crc32 } from 'node:zlib';
import { BUCKET, S3TestServer } from '../../__testUtils__/S3TestServer';
import { S3BlobStore, S3Location } from './S3BlobStore';

const MEBIBYTE = 1024 * 1024;

jest.setTimeout(60_000);

describe('S3BlobStore', () => {
  const directory = createMockDirectory();
  let server: S3TestServer;

  beforeEach(async () => {
    directory.clear();
    server = await S3TestServer.start(directory.path);
  });
  afterEach(() => server.stop());

  const createStore = (location: Partial<S3Location> = {}) =>
    S3BlobStore.create(server.clientConfig, {
      bucket: BUCKET,
      prefix: '',
      ...location,
    });
  const puts = () => server.requests.filter(({ method }) => method === 'PUT');

  it('stores a long stream in parts, without holding it', async () => {
    const store = createStore();
    const parts = Array.from({ length: 20 }, () => randomBytes(MEBIBYTE));
    expect(await store.put('long', Readable.from(parts))).toEqual({
      sizeBytes: 20 * MEBIBYTE,
    });
    expect(
      puts()
        .map(({ url }) => /partNumber=(\d+)/.exec(url ?? '')?.[1])
        .sort(),
    ).toEqual(['1', '2', '3']);
    const kept = await buffer(await store.get('long'));
    expect(kept.equals(Buffer.concat(parts))).toBe(true);
  });

  it('leaves no parts of a long stream that fails', async () => {
    const store = createStore();
    let givenUp = false;
    server.intercept = ({ method, url }, response) => {
      if (method !== 'DELETE' || !url?.includes('uploadId=')) {
        return false;
      }
      givenUp = true;
      response.writeHead(204).end();
      return true;
    };
    const failing = Readable.from(
      (async function* chunks() {
        for (let i = 0; i < 20; i++) {
          yield Buffer.alloc(MEBIBYTE);
        }
        throw new Error('cut');
      })(),
    );
    await expect(store.put('long', failing)).rejects.toThrow('cut');
    expect(givenUp).toBe(true);
    await expect(store.get('long')).rejects.toThrow('No object long');
  });

  it('keeps its objects below a prefix', async () => {
    const store = createStore({ prefix: 'portal/audit' });
    await store.put('r/1', Buffer.from('one'));
    expect(puts().at(-1)?.url).toMatch(
      new RegExp(`^/${BUCKET}/portal/audit/r/1`),
    );
    await createStore().delete('r/');
    expect((await buffer(await store.get('r/1'))).toString()).toBe('one');
    await store.delete('r/');
    await expect(store.get('r/1')).rejects.toThrow('No object r/1');
  });

  it('deletes more objects than one page of a list has', async () => {
    const store = createStore();
    await store.put('many/0', Buffer.from('x'));
    await store.put('many/1', Buffer.from('x'));
    server.intercept = ({ url }, response) => {
      if (!url?.includes('list-type=2')) {
        return false;
      }
      const isSecond = url.includes('continuation-token=second');
      response.end(
        `<ListBucketResult>${
          isSecond
            ? '<Contents><Key>many/1</Key></Contents>'
            : '<IsTruncated>true</IsTruncated><NextContinuationToken>second</NextContinuationToken><Contents><Key>many/0</Key></Contents>'
        }</ListBucketResult>`,
      );
      return true;
    };
    await store.delete('many/');
    await expect(store.get('many/0')).rejects.toThrow('No object');
    await expect(store.get('many/1')).rejects.toThrow('No object');
  });

  it('lists all pages, below its own prefix', async () => {
    const store = createStore({ prefix: 'portal/audit' });
    const asked: (string | null)[][] = [];
    server.intercept = ({ url }, response) => {
      const query = new URL(url ?? '', 'http://s3').searchParams;
      asked.push([query.get('prefix'), query.get('continuation-token')]);
      const isLast = query.has('continuation-token');
      const key = `portal/audit/r/${isLast ? 2 : 1}`;
      response.end(
        `<ListBucketResult><IsTruncated>${!isLast}</IsTruncated>${
          isLast ? '' : '<NextContinuationToken>more</NextContinuationToken>'
        }<Contents><Key>${key}</Key><Size>7</Size><LastModified>2026-11-22T01:02:03.000Z</LastModified></Contents></ListBucketResult>`,
      );
      return true;
    };
    const blobs = [];
    for await (const blob of store.list('r/')) {
      blobs.push(blob);
    }
    const lastModified = new Date('2026-11-22T01:02:03Z');
    expect(blobs).toEqual([
      { key: 'r/1', sizeBytes: 7, lastModified },
      { key: 'r/2', sizeBytes: 7, lastModified },
    ]);
    expect(asked).toEqual([
      ['portal/audit/r/', null],
      ['portal/audit/r/', 'more'],
    ]);
  });

  it('asks for encryption by the server, and has the bytes compared', async () => {
    const store = createStore({
      encryption: { algorithm: 'aws:kms', keyId: 'key-1' },
    });
    const checksum = Buffer.alloc(4);
    checksum.writeUInt32BE(crc32('one'));
    await store.put('a', Buffer.from('one'));
    expect(puts().at(-1)?.headers).toMatchObject({
      'x-amz-server-side-encryption': 'aws:kms',
      'x-amz-server-side-encryption-aws-kms-key-id': 'key-1',
      'x-amz-checksum-crc32': checksum.toString('base64'),
    });
  });

  it('tries again when the server is busy', async () => {
    const store = createStore();
    let failures = 2;
    server.intercept = (request, response) => {
      if (failures === 0) {
        return false;
      }
      failures -= 1;
      request.resume();
      response.writeHead(503).end();
      return true;
    };
    await store.put('a', Buffer.from('one'));
    expect(failures).toBe(0);
    expect((await buffer(await store.get('a'))).toString()).toBe('one');
  });

  it('goes slower when the server says so, also in the middle of a long stream', async () => {
    const store = createStore();
    let refusals = 2;
    server.intercept = ({ method }, response) => {
      if (method !== 'PUT' || refusals === 0) {
        return false;
      }
      refusals -= 1;
      response
        .writeHead(503, { 'content-type': 'application/xml' })
        .end('<Error><Code>SlowDown</Code><Message>slow</Message></Error>');
      return true;
    };
    const parts = Array.from({ length: 9 }, () => randomBytes(MEBIBYTE));
    await store.put('long', Readable.from(parts));
    expect(refusals).toBe(0);
    const kept = await buffer(await store.get('long'));
    expect(kept.equals(Buffer.concat(parts))).toBe(true);
  });

  describe('when connections are cut in the middle of an upload', () => {
    const cut = (times: number) => {
      let left = times;
      server.intercept = request => {
        if (request.method !== 'PUT' || left === 0) {
          return false;
        }
        left -= 1;
        request.once('data', () => request.socket.destroy());
        return true;
      };
    };
    const body = randomBytes(9 * MEBIBYTE);
    const bodies = [
      ['bytes', () => body],
      ['a stream', () => Readable.from([body])],
    ] as const;

    it.each(bodies)('sends %s again', async (_, create) => {
      const store = createStore();
      cut(2);
      expect(await store.put('a', create())).toEqual({
        sizeBytes: body.length,
      });
      expect((await buffer(await store.get('a'))).equals(body)).toBe(true);
    });

    it.each(bodies)(
      'keeps nothing of %s if that goes on',
      async (_, create) => {
        const store = createStore();
        cut(Infinity);
        await expect(store.put('a', create())).rejects.toThrow();
        server.intercept = () => false;
        await expect(store.get('a')).rejects.toThrow('No object a');
      },
    );
  });

  it('takes no object for whole whose connection is cut', async () => {
    const store = createStore();
    server.intercept = ({ method }, response) => {
      if (method !== 'GET') {
        return false;
      }
      response.writeHead(200, { 'content-length': '10' });
      response.write('half', () => response.destroy());
      return true;
    };
    await expect(store.get('a').then(buffer)).rejects.toThrow();
  });

  it('is refused with another key, and does not tell its secret', async () => {
    const other = { accessKeyId: 'OTHER', secretAccessKey: 'a secret' };
    const store = S3BlobStore.create(
      { ...server.clientConfig, credentials: other },
      { bucket: BUCKET, prefix: '' },
    );
    const failure = await store
      .put('a', Buffer.from('x'))
      .catch(error => error);
    expect(failure).toMatchObject({ $metadata: { httpStatusCode: 403 } });
    expect(`${failure.stack}${JSON.stringify(failure)}`).not.toContain(
      other.secretAccessKey,
    );
    await expect(createStore().get('a')).rejects.toThrow('No object a');
  });

  it('says that the bucket is not there, and never an access key', async () => {
    const store = createStore({ bucket: 'other' });
    const failure = await store.put('a', Buffer.from('x')).catch(String);
    expect(failure).toContain('NoSuchBucket');
    const { accessKeyId } = server.clientConfig.credentials;
    expect(JSON.stringify(failure)).not.toContain(accessKeyId);
  });
});
