import {
  closeSync,
  fdatasync,
  fsyncSync,
  ftruncateSync,
  openSync,
  renameSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { syncDirectory } from './atomicFile';
import { mendSegment } from './mendSegment';
import { Segment, segmentFile } from './Segment';

/**
 * A segment's file is made longer than what is in it, by so many bytes at once:
 * a sync need not write the file's size then, which takes a third of its time.
 * What is not written reads as zeros, which are no record, and takes no room.
 */
const GROWTH_BYTES = 1024 * 1024;

/** Writes at the end of one segment. */
export class SegmentWriter {
  /** Of the last record that was there when it was opened, or of the one before the segment. */
  readonly lastSequence: number;
  readonly #handle: number;
  #segment: Segment;
  #fileBytes: number;
  #syncs = 0;
  #closed = false;

  /** Goes on behind the last whole record of a segment; what a crash tore behind that is cut off. */
  static open(segment: Segment): SegmentWriter {
    const handle = openSync(segment.file, 'r+');
    return new SegmentWriter(segment, handle, mendSegment(segment, handle));
  }

  /** @throws Error when the disk has no room for the file */
  static begin(directory: string, firstSequence: number): SegmentWriter {
    const file = segmentFile(directory, firstSequence);
    const handle = openSync(file, 'w+', 0o600);
    syncDirectory(directory);
    return new SegmentWriter(
      { file, firstSequence, bytes: 0 },
      handle,
      firstSequence - 1,
    );
  }

  private constructor(segment: Segment, handle: number, lastSequence: number) {
    this.#segment = segment;
    this.lastSequence = lastSequence;
    this.#handle = handle;
    this.#fileBytes = segment.bytes;
  }

  get segment(): Segment {
    return this.#segment;
  }

  /**
   * Writes all or nothing: what a full disk took in part is cut off again.
   *
   * @throws Error when the disk does not take it
   */
  write(bytes: Buffer): void {
    const segment = this.#segment;
    const end = segment.bytes + bytes.length;
    let written = 0;
    try {
      if (end > this.#fileBytes) {
        this.#resize(end + GROWTH_BYTES);
      }
      while (written < bytes.length) {
        written += writeSync(
          this.#handle,
          bytes,
          written,
          bytes.length - written,
          segment.bytes + written,
        );
      }
    } catch (error) {
      this.#resize(segment.bytes);
      throw error;
    }
    segment.bytes = end;
  }

  /** Calls back when all that is written now is on the disk. */
  sync(done: (error: Error | null) => void): void {
    this.#syncs++;
    fdatasync(this.#handle, error => {
      this.#syncs--;
      this.#closeHandle();
      done(error);
    });
  }

  /**
   * Makes an empty segment of it, named for another sequence. That needs no
   * room, and the name alone says that what is below it is acknowledged.
   *
   * @throws Error when the disk fails
   */
  recycle(firstSequence: number): void {
    const directory = dirname(this.#segment.file);
    const file = segmentFile(directory, firstSequence);
    renameSync(this.#segment.file, file);
    this.#segment = { file, firstSequence, bytes: this.#segment.bytes };
    syncDirectory(directory);
    this.#resize(0);
    this.#segment.bytes = 0;
  }

  /**
   * Cuts the file to what is in it and puts that on the disk.
   *
   * @throws Error when the disk fails
   */
  seal(): void {
    this.#resize(this.#segment.bytes);
    fsyncSync(this.#handle);
  }

  /** A sync that is under way comes to its end. */
  close(): void {
    this.#closed = true;
    this.#closeHandle();
  }

  #resize(bytes: number): void {
    ftruncateSync(this.#handle, bytes);
    this.#fileBytes = bytes;
  }

  /** Not while a sync of it is under way. */
  #closeHandle(): void {
    if (this.#closed && this.#syncs === 0) {
      closeSync(this.#handle);
    }
  }
}
