/** Everything in an archive is a multiple of it, in bytes. */
const BLOCK_BYTES = 512;
/** A name or an extended header that is longer is not read, in bytes. */
const MAX_EXTENSION_BYTES = 64 * 1024;

/** Type flags of entries that only tell of the next one. */
const PAX_HEADER = 'x';
const PAX_GLOBAL_HEADER = 'g';
const GNU_LONG_NAME = 'L';
const GNU_LONG_LINK = 'K';
/** Type flags of a file whose content follows. */
const FILES = new Set(['0', '\0', '7', 'S']);

/** One entry of an archive. */
export type TarEntry = {
  /** As it stands there; may hold anything. */
  name: string;
  isFile: boolean;
  /** Bytes of content. */
  size: number;
};

/** The bytes are no archive, or not any more. */
export class TarError extends Error {
  readonly name = 'TarError';
}

type Extension = { flag: string; size: number; chunks: Buffer[] };

/**
 * Reads along with a tar archive (ustar, pax, GNU), cut anywhere, and lists
 * what is in it. The content of files is skipped.
 */
export class TarListing {
  #block = Buffer.alloc(0);
  /** Bytes of the running entry that are still to come, padding included. */
  #left = 0;
  #extension: Extension | undefined;
  #nextName: string | undefined;
  #nextSize: number | undefined;
  #isOver = false;

  static create(): TarListing {
    return new TarListing();
  }

  private constructor() {}

  /** Bytes of a header that is not whole yet. */
  get pending(): Buffer {
    return this.#block;
  }

  /**
   * @param chunk - the next bytes
   * @returns the entries whose header is in them
   * @throws {@link TarError} when they do not go on with an archive
   */
  push(chunk: Buffer): TarEntry[] {
    const entries: TarEntry[] = [];
    let at = 0;
    while (at < chunk.length) {
      if (this.#isOver) {
        if (chunk.subarray(at).some(byte => byte !== 0)) {
          throw new TarError('something follows the end of the archive');
        }
        return entries;
      }
      if (this.#left > 0) {
        const taken = Math.min(this.#left, chunk.length - at);
        this.#skip(chunk.subarray(at, at + taken));
        at += taken;
        continue;
      }
      const missing = BLOCK_BYTES - this.#block.length;
      const part = chunk.subarray(at, at + missing);
      this.#block = Buffer.concat([this.#block, part]);
      at += part.length;
      if (this.#block.length === BLOCK_BYTES) {
        const header = this.#block;
        this.#block = Buffer.alloc(0);
        const entry = this.#begin(header);
        if (entry) {
          entries.push(entry);
        }
      }
    }
    return entries;
  }

  #begin(header: Buffer): TarEntry | undefined {
    if (header.every(byte => byte === 0)) {
      this.#isOver = true;
      return undefined;
    }
    if (checksumOf(header) !== octal(header, 148, 8)) {
      throw new TarError('a header has another checksum');
    }
    const flag = String.fromCharCode(header[156]);
    const size = this.#nextSize ?? numberAt(header, 124, 12);
    if (!Number.isSafeInteger(size) || size < 0) {
      throw new TarError('a header has no valid size');
    }
    this.#left = Math.ceil(size / BLOCK_BYTES) * BLOCK_BYTES;
    if ([PAX_HEADER, GNU_LONG_NAME].includes(flag)) {
      this.#extension = { flag, size, chunks: [] };
      return undefined;
    }
    if ([PAX_GLOBAL_HEADER, GNU_LONG_LINK].includes(flag)) {
      return undefined;
    }
    const name = this.#nextName ?? nameIn(header);
    this.#nextName = undefined;
    this.#nextSize = undefined;
    const isFile = FILES.has(flag);
    return { name, isFile, size: isFile ? size : 0 };
  }

  #skip(bytes: Buffer): void {
    this.#left -= bytes.length;
    const extension = this.#extension;
    if (!extension) {
      return;
    }
    if (extension.size <= MAX_EXTENSION_BYTES) {
      // The archive's memory is used again for what follows.
      extension.chunks.push(Buffer.from(bytes));
    }
    if (this.#left === 0) {
      this.#extension = undefined;
      this.#extend(
        extension.flag,
        Buffer.concat(extension.chunks).subarray(0, extension.size),
      );
    }
  }

  #extend(flag: string, content: Buffer): void {
    if (flag === GNU_LONG_NAME) {
      this.#nextName = text(content, 0, content.length);
      return;
    }
    for (const [key, value] of paxRecords(content)) {
      if (key === 'path') {
        this.#nextName = value;
      } else if (key === 'size' && /^\d{1,15}$/.test(value)) {
        this.#nextSize = Number(value);
      }
    }
  }
}

/** `<length> <key>=<value>\n`, the length that of the whole record. */
function paxRecords(content: Buffer): [key: string, value: string][] {
  const records: [string, string][] = [];
  for (let at = 0; at < content.length; ) {
    const space = content.indexOf(0x20, at);
    const length =
      space < 0 ? 0 : Number(content.toString('latin1', at, space));
    const end = at + length;
    if (!(length > 0) || end > content.length || space >= end) {
      break;
    }
    const record = content.toString('utf8', space + 1, end - 1);
    const equals = record.indexOf('=');
    records.push([record.slice(0, equals), record.slice(equals + 1)]);
    at = end;
  }
  return records;
}

function text(bytes: Buffer, start: number, length: number): string {
  const field = bytes.subarray(start, start + length);
  const end = field.indexOf(0);
  return field.toString('utf8', 0, end < 0 ? field.length : end);
}

function nameIn(header: Buffer): string {
  const name = text(header, 0, 100);
  const isUstar = text(header, 257, 5) === 'ustar' && header[262] === 0;
  const prefix = isUstar ? text(header, 345, 155) : '';
  return prefix === '' ? name : `${prefix}/${name}`;
}

function octal(header: Buffer, start: number, length: number): number {
  const digits = text(header, start, length).trim();
  return /^[0-7]*$/.test(digits) ? parseInt(digits || '0', 8) : NaN;
}

/** Octal digits, or what does not fit into them as a binary number behind a first bit of 1. */
function numberAt(header: Buffer, start: number, length: number): number {
  if (header[start] !== 0x80) {
    return octal(header, start, length);
  }
  return Number(
    BigInt(`0x${header.toString('hex', start + 1, start + length)}`),
  );
}

/** The sum of the header's bytes, its checksum read as blanks. */
function checksumOf(header: Buffer): number {
  let sum = 0;
  for (let i = 0; i < BLOCK_BYTES; i++) {
    sum += i >= 148 && i < 156 ? 0x20 : header[i];
  }
  return sum;
}
