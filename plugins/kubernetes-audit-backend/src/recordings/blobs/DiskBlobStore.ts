import { resolveSafeChildPath } from '@backstage/backend-plugin-api';
import { isError, NotFoundError } from '@backstage/errors';
import type {
  BlobStore,
  BlobSummary,
} from 'backstage-plugin-kubernetes-audit-node';
import { randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import {
  mkdir,
  open,
  opendir,
  readdir,
  rename,
  rm,
  rmdir,
  stat,
} from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import type { Readable } from 'node:stream';
import { isSegment, keySegments, prefixSegments } from './objectKey';

/** Beside the objects, on the same file system; no segment of a key begins so. */
const TEMPORARY_DIRECTORY = '~tmp';
/** No object is written for so long, in milliseconds: its process has ended. */
const ABANDONED_MS = 24 * 3600_000;
/** How often a directory is made that others remove. */
const MAX_ATTEMPTS = 3;
/** Names that are read of a directory at once. */
const NAMES_AT_ONCE = 256;

/** Keeps objects as files below a directory, which replicas of the portal must share. */
export class DiskBlobStore implements BlobStore {
  /** @param root - a path, relative to the working directory if it is relative */
  static async create(root: string): Promise<DiskBlobStore> {
    const directory = resolve(root);
    const temporary = join(directory, TEMPORARY_DIRECTORY);
    await mkdir(temporary, { recursive: true, mode: 0o700 });
    await removeAbandoned(temporary);
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
      await moveInto(temporary, path);
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

  async deleteObject(key: string): Promise<void> {
    const path = this.#pathOf(keySegments(key));
    await rm(path, { force: true });
    await removeEmpty(dirname(path), this.root);
  }

  list(prefix: string): AsyncIterable<BlobSummary> {
    return this.#walk(prefixSegments(prefix));
  }

  /** One directory after the other, so that what is below one comes together. */
  async *#walk(segments: string[]): AsyncGenerator<BlobSummary> {
    const directory = await unlessMissing(
      opendir(this.#pathOf(segments), { bufferSize: NAMES_AT_ONCE }),
    );
    for await (const entry of directory ?? []) {
      if (!isSegment(entry.name)) {
        continue;
      }
      const path = [...segments, entry.name];
      if (entry.isDirectory()) {
        yield* this.#walk(path);
      } else {
        const file = await unlessMissing(stat(this.#pathOf(path)));
        if (file?.isFile()) {
          yield {
            key: path.join('/'),
            sizeBytes: file.size,
            lastModified: file.mtime,
          };
        }
      }
    }
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

/** The bytes are on the disk before the name is, so no crash leaves half of an object. */
async function moveInto(temporary: string, path: string): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    try {
      await rename(temporary, path);
      return;
    } catch (error) {
      // Somebody has deleted the last object beside it, and the directory.
      if (!isMissing(error) || attempt === MAX_ATTEMPTS) {
        throw error;
      }
    }
  }
}

/** Removes directories that are empty, up to the root. */
async function removeEmpty(path: string, root: string): Promise<void> {
  for (let current = path; current !== root; current = dirname(current)) {
    try {
      await rmdir(current);
    } catch {
      return;
    }
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

/** Deletes what a process that ended in the middle has left behind. */
async function removeAbandoned(directory: string): Promise<void> {
  for (const name of await readdir(directory)) {
    const path = join(directory, name);
    const file = await unlessMissing(stat(path));
    if (file && file.mtimeMs < Date.now() - ABANDONED_MS) {
      await rm(path, { force: true });
    }
  }
}

async function unlessMissing<T>(found: Promise<T>): Promise<T | undefined> {
  try {
    return await found;
  } catch (error) {
    if (isMissing(error)) {
      return undefined;
    }
    throw error;
  }
}

function isMissing(error: unknown): boolean {
  return isError(error) && error.code === 'ENOENT';
}
