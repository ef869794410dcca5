import type { Copy } from './detectCopy';
import { TarEntry, TarListing } from './TarListing';

/** So many files are named; the others are counted. */
const MAX_NAMED = 1000;
/** A longer name is cut, in UTF-16 code units. */
const MAX_NAME_LENGTH = 512;

/** What is recorded of a piece of the archive: lines that tell of it, or the bytes themselves where it is none. */
export type Recorded = { text: string } | { bytes: Buffer };

/**
 * Tells in a few lines what a `kubectl cp` carries, in the place of the archive.
 * What turns out to be no archive is recorded as it is: a program called `tar`
 * may print anything.
 */
export class CopyTranscript {
  readonly #copy: Copy;
  #listing: TarListing | undefined = TarListing.create();
  #bytes = 0;
  #files = 0;
  #content = 0;

  static create(copy: Copy): CopyTranscript {
    return new CopyTranscript(copy);
  }

  private constructor(copy: Copy) {
    this.#copy = copy;
  }

  /** What stands before all else. */
  get head(): string {
    return `copy ${this.#copy.direction}: ${printable(this.#copy.path)}\r\n`;
  }

  /** @param chunk - the next bytes of the archive */
  push(chunk: Buffer): Recorded | undefined {
    this.#bytes += chunk.length;
    if (!this.#listing) {
      return { bytes: chunk };
    }
    const { pending } = this.#listing;
    try {
      const lines = this.#listing.push(chunk).map(entry => this.#line(entry));
      return lines.length === 0 ? undefined : { text: lines.join('') };
    } catch {
      this.#listing = undefined;
      return { bytes: Buffer.concat([pending, chunk]) };
    }
  }

  /** What never became a part of an archive: a short message of the program. */
  get rest(): Buffer {
    return this.#listing?.pending ?? Buffer.alloc(0);
  }

  /** The sum, for the end. */
  get sum(): string {
    const more = Math.max(0, this.#files - MAX_NAMED);
    const entries = `${this.#files} ${this.#files === 1 ? 'entry' : 'entries'}`;
    return `${more > 0 ? `… and ${more} more\r\n` : ''}${entries}, ${
      this.#content
    } bytes in files, ${this.#bytes} bytes transferred\r\n`;
  }

  #line({ name, isFile, size }: TarEntry): string {
    this.#files += 1;
    this.#content += size;
    return this.#files > MAX_NAMED
      ? ''
      : `${printable(name)}${isFile ? `  ${size}` : ''}\r\n`;
  }
}

/** Names come from the pod or its user: none may write to a terminal. */
function printable(name: string): string {
  const shown = name.replace(/[\p{Cc}\p{Cf}]/gu, '\u{fffd}');
  return shown.length > MAX_NAME_LENGTH
    ? `${shown.slice(0, MAX_NAME_LENGTH)}…`
    : shown;
}
