import { NotFoundError } from '@backstage/errors';
import type { BlobStore } from 'backstage-plugin-kubernetes-audit-node';
import { Readable } from 'node:stream';

/** Keeps objects in memory. */
export class MemoryBlobStore implements BlobStore {
  readonly blobs = new Map<string, Uint8Array>();
  /** When each object was put, in milliseconds since 1970. */
  readonly times = new Map<string, number>();
  now = Date.now;
  /** Called when an object is there, before its `put` is done. */
  onPut: () => Promise<void> = async () => {};

  async put(key: string, body: Uint8Array | Readable) {
    if (!(body instanceof Uint8Array)) {
      throw new Error('not a stream here');
    }
    this.blobs.set(key, body);
    this.times.set(key, this.now());
    await this.onPut();
    return { sizeBytes: body.length };
  }

  async get(key: string) {
    const blob = this.blobs.get(key);
    if (!blob) {
      throw new NotFoundError(key);
    }
    return Readable.from([blob]);
  }

  async delete(prefix: string) {
    for (const key of this.blobs.keys()) {
      if (key.startsWith(prefix)) {
        this.blobs.delete(key);
      }
    }
  }

  async deleteObject(key: string) {
    this.blobs.delete(key);
  }

  async *list(prefix: string) {
    for (const key of [...this.blobs.keys()].sort()) {
      const blob = this.blobs.get(key);
      if (blob && key.startsWith(prefix)) {
        yield {
          key,
          sizeBytes: blob.length,
          lastModified: new Date(this.times.get(key) ?? 0),
        };
      }
    }
  }
}
