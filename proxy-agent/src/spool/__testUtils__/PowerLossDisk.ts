import type * as Fs from 'node:fs';
import { join } from 'node:path';

/** What a disk writes whole or not at all, in bytes. */
const PAGE_BYTES = 4096;

/**
 * Remembers of a directory what a power loss would leave: of each file what
 * its last sync wrote, under the names that the directory's last sync wrote.
 * What came after a sync may be there or not, page by page.
 */
export class PowerLossDisk {
  readonly #fs: typeof Fs;
  readonly #directory: string;
  /** By inode. */
  readonly #contents = new Map<number, Buffer>();
  /** Number of the sync, by inode: one that ends late takes nothing back. */
  readonly #syncedBy = new Map<number, number>();
  #syncs = 0;
  /** Inodes by name. */
  #names = new Map<string, number>();

  /** @param fs - the real one */
  static watch(fs: typeof Fs, directory: string): PowerLossDisk {
    return new PowerLossDisk(fs, directory);
  }

  private constructor(fs: typeof Fs, directory: string) {
    this.#fs = fs;
    this.#directory = directory;
    this.#rememberNames();
    for (const inode of this.#names.values()) {
      this.#contents.set(inode, this.#contentOf(inode) ?? Buffer.alloc(0));
    }
  }

  /**
   * Called when a sync begins: only what is there by then is on the disk when
   * it has ended.
   *
   * @returns to be called when it has ended
   */
  beginSync(handle: number): () => void {
    const { ino, isDirectory } = this.#describe(handle);
    if (isDirectory) {
      return () => this.#rememberNames();
    }
    const content = this.#contentOf(ino);
    const sync = ++this.#syncs;
    return () => {
      if (content && sync > (this.#syncedBy.get(ino) ?? 0)) {
        this.#contents.set(ino, content);
        this.#syncedBy.set(ino, sync);
      }
    };
  }

  /**
   * Writes into an empty directory what the power loss leaves.
   *
   * @param random - from 0 to 1
   */
  lose(target: string, random: () => number): void {
    for (const [name, inode] of this.#names) {
      const durable = this.#contents.get(inode) ?? Buffer.alloc(0);
      const current = this.#contentOf(inode) ?? durable;
      const bytes = Buffer.alloc(
        random() < 0.5 ? durable.length : current.length,
      );
      for (let offset = 0; offset < bytes.length; offset += PAGE_BYTES) {
        const source = random() < 0.5 ? durable : current;
        source.subarray(offset, offset + PAGE_BYTES).copy(bytes, offset);
      }
      this.#fs.writeFileSync(join(target, name), bytes);
    }
  }

  #describe(handle: number): { ino: number; isDirectory: boolean } {
    const stats = this.#fs.fstatSync(handle);
    return { ino: stats.ino, isDirectory: stats.isDirectory() };
  }

  #rememberNames(): void {
    this.#names = new Map(
      this.#fs
        .readdirSync(this.#directory)
        .map(name => [
          name,
          this.#fs.statSync(join(this.#directory, name)).ino,
        ]),
    );
  }

  /** Undefined when the file was removed. */
  #contentOf(inode: number): Buffer | undefined {
    const name = this.#fs
      .readdirSync(this.#directory)
      .find(
        item => this.#fs.statSync(join(this.#directory, item)).ino === inode,
      );
    return name === undefined
      ? undefined
      : this.#fs.readFileSync(join(this.#directory, name));
  }
}
