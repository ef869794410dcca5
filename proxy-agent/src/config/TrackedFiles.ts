import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';

const digestOf = (content: Buffer) =>
  createHash('sha256').update(content).digest('base64');
const markOf = (error: unknown) =>
  `unreadable: ${(error as NodeJS.ErrnoException).code}`;

/**
 * Files that were read, and what was in them: tells later whether one has
 * changed. It goes by content, since mounted secrets are swapped by a link
 * and keep their names, and some file systems their times.
 */
export class TrackedFiles {
  /** By path: the digest of the content, or why there is none. */
  readonly #seen: Map<string, string>;

  /** @param seen - what {@link TrackedFiles.seen} has told elsewhere */
  static create(seen: readonly [string, string][] = []): TrackedFiles {
    return new TrackedFiles(new Map(seen));
  }

  private constructor(seen: Map<string, string>) {
    this.#seen = seen;
  }

  /** @throws Error when the file cannot be read; that is remembered, too */
  read(file: string): string {
    try {
      const content = readFileSync(file);
      this.#seen.set(file, digestOf(content));
      return content.toString('utf8');
    } catch (error) {
      this.#seen.set(file, markOf(error));
      throw error;
    }
  }

  /** What was read, as pairs of path and digest: nothing of the content itself. */
  get seen(): [string, string][] {
    return [...this.#seen];
  }

  /** The other files. */
  without(file: string): TrackedFiles {
    return TrackedFiles.create(this.seen.filter(([path]) => path !== file));
  }

  /** Of what was read. */
  get fingerprint(): string {
    return JSON.stringify(this.seen);
  }

  /** Of what is in the same files now. */
  async currentFingerprint(): Promise<string> {
    return JSON.stringify(
      await Promise.all(
        [...this.#seen.keys()].map(async file => [
          file,
          await readFile(file).then(digestOf, markOf),
        ]),
      ),
    );
  }
}
