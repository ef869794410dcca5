import {
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  NoSuchKey,
  paginateListObjectsV2,
  PutObjectCommand,
  S3Client,
  S3ClientConfig,
} from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import { NotFoundError } from '@backstage/errors';
import type {
  BlobStore,
  BlobSummary,
} from 'backstage-plugin-kubernetes-audit-node';
import { Readable, Transform } from 'node:stream';
import { keySegments, prefixSegments } from './objectKey';

/** A stream is stored in parts of so many bytes; S3 takes no smaller ones than 5 MiB, save the last. */
const PART_BYTES = 8 * 1024 * 1024;
/** Parts of one stream that are on their way at once, and so in memory. */
const PARTS_AT_ONCE = 2;
/** How long a connection may take to be made, in milliseconds. */
const CONNECT_TIMEOUT_MS = 5_000;
/** How long a connection may be silent, in milliseconds. */
const SILENCE_TIMEOUT_MS = 60_000;

/** Where the objects are, and how they are kept. */
export type S3Location = {
  bucket: string;
  /** Before each key, without a slash at the end; '' for none. */
  prefix: string;
  /** By the server, at rest; without it the bucket's own default counts. */
  encryption?: {
    algorithm: 'AES256' | 'aws:kms';
    /** Of the KMS; without it the account's default key. */
    keyId?: string;
  };
};

/** Keeps objects in a bucket of S3, or of what speaks as S3 does. */
export class S3BlobStore implements BlobStore {
  readonly #client: S3Client;
  readonly #location: S3Location;

  static create(client: S3ClientConfig, location: S3Location): S3BlobStore {
    return new S3BlobStore(
      new S3Client({
        ...client,
        requestHandler: {
          connectionTimeout: CONNECT_TIMEOUT_MS,
          socketTimeout: SILENCE_TIMEOUT_MS,
        },
      }),
      location,
    );
  }

  private constructor(client: S3Client, location: S3Location) {
    this.#client = client;
    this.#location = location;
  }

  async put(
    key: string,
    body: Uint8Array | Readable,
  ): Promise<{ sizeBytes: number }> {
    const object = {
      ...this.#address(keySegments(key)),
      ...this.#encryption(),
      ContentType: 'application/octet-stream',
      // The server compares it with what has come.
      ChecksumAlgorithm: 'CRC32' as const,
    };
    if (body instanceof Readable) {
      return { sizeBytes: await this.#putStream(object, body) };
    }
    await this.#client.send(new PutObjectCommand({ ...object, Body: body }));
    return { sizeBytes: body.length };
  }

  async get(key: string): Promise<Readable> {
    try {
      const { Body } = await this.#client.send(
        new GetObjectCommand(this.#address(keySegments(key))),
      );
      if (!(Body instanceof Readable)) {
        throw new Error(`The object ${key} came without a body`);
      }
      return Body;
    } catch (error) {
      if (error instanceof NoSuchKey) {
        throw new NotFoundError(`No object ${key}`);
      }
      throw error;
    }
  }

  async delete(prefix: string): Promise<void> {
    const { bucket: Bucket } = this.#location;
    for await (const { Contents = [] } of this.#pages(prefix)) {
      if (Contents.length === 0) {
        continue;
      }
      const { Errors = [] } = await this.#client.send(
        new DeleteObjectsCommand({
          Bucket,
          Delete: {
            Objects: Contents.map(({ Key: object }) => ({ Key: object })),
            Quiet: true,
          },
        }),
      );
      if (Errors.length > 0) {
        throw new Error(
          `${Errors.length} objects below ${prefix} could not be deleted: ${Errors[0].Message}`,
        );
      }
    }
  }

  async deleteObject(key: string): Promise<void> {
    await this.#client.send(
      new DeleteObjectCommand(this.#address(keySegments(key))),
    );
  }

  async *list(prefix: string): AsyncGenerator<BlobSummary> {
    const before = this.#location.prefix;
    const skipped = before === '' ? 0 : before.length + 1;
    // S3 lists in the order of the keys, so what is below a prefix comes together.
    for await (const { Contents = [] } of this.#pages(prefix)) {
      for (const { Key, Size = 0, LastModified } of Contents) {
        if (Key !== undefined && LastModified !== undefined) {
          yield {
            key: Key.slice(skipped),
            sizeBytes: Size,
            lastModified: LastModified,
          };
        }
      }
    }
  }

  #pages(prefix: string) {
    const { Bucket, Key } = this.#address(prefixSegments(prefix));
    return paginateListObjectsV2(
      { client: this.#client },
      { Bucket, Prefix: `${Key}/` },
    );
  }

  /** In parts, so that its length need not be known; a stream that fails leaves no object and no part. */
  async #putStream(
    object: ConstructorParameters<typeof PutObjectCommand>[0],
    body: Readable,
  ): Promise<number> {
    let sizeBytes = 0;
    const counted = new Transform({
      transform(chunk, _encoding, done) {
        sizeBytes += chunk.length;
        done(null, chunk);
      },
    });
    body.once('error', error => counted.destroy(error));
    await new Upload({
      client: this.#client,
      params: { ...object, Body: body.pipe(counted) },
      partSize: PART_BYTES,
      queueSize: PARTS_AT_ONCE,
    }).done();
    return sizeBytes;
  }

  #address(segments: string[]): { Bucket: string; Key: string } {
    const { bucket, prefix } = this.#location;
    return {
      Bucket: bucket,
      Key: [...(prefix === '' ? [] : [prefix]), ...segments].join('/'),
    };
  }

  #encryption() {
    const { encryption } = this.#location;
    return (
      encryption && {
        ServerSideEncryption: encryption.algorithm,
        SSEKMSKeyId: encryption.keyId,
      }
    );
  }
}
