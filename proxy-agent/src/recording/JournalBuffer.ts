import { FRAME_TARGET_BYTES } from 'backstage-plugin-kubernetes-audit-common';
import { RECORD_HEADER_BYTES, sealSpoolRecord } from '../spool';

/** The least that is taken, in bytes. */
const MIN_BYTES = 4 * 1024;
/** What a session that prints little may take, in bytes. */
const SMALL_BYTES = 64 * 1024;
/** What a full frame needs, with its records and the last event that goes beyond, in bytes. */
const FULL_BYTES = FRAME_TARGET_BYTES + 160 * 1024;
/** Full ones that wait to be used again. */
const MAX_SPARE = 10;

/**
 * Sessions that print much need one after the other: to leave each of them to
 * the garbage collector would cost more than all the rest of recording.
 */
const spare: Buffer[] = [];

function allocate(bytes: number): Buffer {
  const roomy = Math.max(MIN_BYTES, 2 * bytes);
  if (roomy <= SMALL_BYTES || bytes > FULL_BYTES) {
    return Buffer.allocUnsafeSlow(roomy);
  }
  return spare.pop() ?? Buffer.allocUnsafeSlow(FULL_BYTES);
}

function recycle(buffer: Buffer): void {
  if (buffer.length === FULL_BYTES && spare.length < MAX_SPARE) {
    spare.push(buffer);
  }
}

/** The records of a journal as they are in its file, in one piece of memory. */
export class JournalBuffer {
  #buffer = Buffer.alloc(0);
  #length = 0;
  #records = 0;

  static create(): JournalBuffer {
    return new JournalBuffer();
  }

  private constructor() {}

  /** Bytes of all payloads. */
  get payloadBytes(): number {
    return this.#length - this.#records * RECORD_HEADER_BYTES;
  }

  /**
   * Adds a record.
   *
   * @param pieces - of its payload
   * @returns the record, until another is added
   */
  add(pieces: readonly Uint8Array[]): Buffer {
    const start = this.#length;
    const end = pieces.reduce(
      (sum, { length }) => sum + length,
      start + RECORD_HEADER_BYTES,
    );
    if (end > this.#buffer.length) {
      const larger = allocate(end);
      this.#buffer.copy(larger, 0, 0, start);
      recycle(this.#buffer);
      this.#buffer = larger;
    }
    let at = start + RECORD_HEADER_BYTES;
    for (const piece of pieces) {
      this.#buffer.set(piece, at);
      at += piece.length;
    }
    const record = this.#buffer.subarray(start, end);
    sealSpoolRecord(record);
    this.#length = end;
    this.#records++;
    return record;
  }

  /** Takes back what was added last. */
  removeLast(record: Buffer): void {
    this.#length -= record.length;
    this.#records--;
  }

  /** All payloads, one behind the other, until {@link release}; nothing can be added any more. */
  takePayloads(): Buffer {
    const buffer = this.#buffer;
    let to = 0;
    for (let at = 0; at < this.#length; ) {
      const start = at + RECORD_HEADER_BYTES;
      const end = start + buffer.readUInt32LE(at);
      buffer.copyWithin(to, start, end);
      to += end - start;
      at = end;
    }
    return buffer.subarray(0, to);
  }

  /** Its memory is of no more use here. */
  release(): void {
    recycle(this.#buffer);
    this.#buffer = Buffer.alloc(0);
    this.#length = 0;
    this.#records = 0;
  }
}
