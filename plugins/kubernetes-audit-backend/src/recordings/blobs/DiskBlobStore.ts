import { resolveSafeChildPath } from '@backstage/backend-plugin-api';
import { isError, NotFoundError } from '@backstage/errors';
import type { BlobStore } from 'backstage-plugin-kubernetes-audit-node';
import { randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import type { Readable } from 'node:stream';
import { keySegments, prefixSegments } from './objectKey';

/** Beside the objects, on the same file system; no segment of a key begins so. */
const TEMPORARY_DIRECTORY = '~tmp';

/** Keeps objects as files below a directory, which replicas of the portal must share. */
export class DiskBlobStore implements BlobStore {
  /** @param root - a path, relative to the working directory if it is relative */
  static async create(root: string): Promise<DiskBlobStore> {
    const directory = resolve(root);
    await mkdir(join(directory, TEMPORARY_DIRECTORY), {
      recursive: true,
      mode: 0o700,
    });
    return new DiskBlobStore(directory);
  }

  private constructor(private readonly root: string) {}

  async put(
    key: string,
    body: Uint8Array | Readable,
  ): Promise<{ sizeBytes: number }> {
    const path = this.#pathOf(keySegments(key));
    const temporary = join(this.root, TEMPORARY_DIRECTORY, randomUUID());
    try {
      const sizeBytes = await writeDurably(temporary, body);
      await mkdir(dirname(path), { recursive: true, mode: 0o700 });
      // The bytes are on the disk before the name is, so no crash leaves half of an object.
      await rename(temporary, path);
      await syncDirectories(dirname(path), this.root);
      return { sizeBytes };
    } finally {
      await rm(temporary, { force: true });
    }
  }

  async get(key: string): Promise<Readable> {
    try {
      const file = await open(
        this.#pathOf(keySegments(key)),
        constants.O_RDONLY,
      );
      return file.createReadStream();
    } catch (error) {
      if (isMissing(error)) {
        throw new NotFoundError(`No object ${key}`);
      }
      throw error;
    }
  }

  async delete(prefix: string): Promise<void> {
    await rm(this.#pathOf(prefixSegments(prefix)), {
      recursive: true,
      force: true,
    });
  }

  #pathOf(segments: string[]): string {
    return resolveSafeChildPath(this.root, join(...segments));
  }
}

async function writeDurably(
  path: string,
  body: Uint8Array | Readable,
): Promise<number> {
  const file = await open(path, 'wx', 0o600);
  try {
    await file.writeFile(body);
    await file.sync();
    return (await file.stat()).size;
  } finally {
    await file.close();
  }
}

/** Makes new names durable, from a directory up to the root. */
async function syncDirectories(path: string, root: string): Promise<void> {
  for (let current = path; ; current = dirname(current)) {
    const directory = await open(current, constants.O_RDONLY);
    try {
      await directory.sync();
    } finally {
      await directory.close();
    }
    if (current === root) {
      return;
    }
  }
}

function isMissing(error: unknown): boolean {
  return isError(error) && error.code === 'ENOENT';
}
