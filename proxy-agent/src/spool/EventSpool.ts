import { accessSync, constants, mkdirSync, unlinkSync } from 'node:fs';
import { AcknowledgedCursor } from './AcknowledgedCursor';
import { DiskFault, RETRY_MS } from './DiskFault';
import { GroupSync, Waiting } from './GroupSync';
import { openEpoch } from './openEpoch';
import { probeDirectory } from './probeDirectory';
import { findSegments, Segment } from './Segment';
import { SegmentReader, SpoolBatch } from './SegmentReader';
import { SegmentWriter } from './SegmentWriter';
import { encodeSpoolRecord, MAX_RECORD_BYTES } from './spoolRecordCodec';
import { SpoolError } from './SpoolError';

/** A segment is closed and a new one begun at so many bytes … */
const SEGMENT_BYTES = 16 * 1024 * 1024;
/** … or at this part of the limit, so that a small spool gets room back piece by piece. */
const SEGMENTS_AT_LEAST = 8;
/** What a record may have beside its number, in bytes. */
const MAX_FIELDS_BYTES = MAX_RECORD_BYTES - 64;
/** How far an append must have come before it counts. */
export type Durability =
  /** Handed to the kernel: survives a killed process. */
  | 'written'
  /** On the disk: survives a power loss. */
  | 'synced';

type PendingAppend = Waiting & { fields: string; durability: Durability };

/**
 * Audit records on their way to the portal: an append-only log in segments,
 * numbered without gaps, kept until the portal acknowledges them.
 *
 * The numbers are given when a record is written, not when it is offered, so
 * that a failed write leaves no gap. Appends of one turn of the event loop
 * share one write, and waiting syncs share one fdatasync.
 */
export class EventSpool {
  /** A UUID made with the spool; with it a sequence number is unique for ever. */
  readonly epoch: string;

  readonly #directory: string;
  readonly #maxBytes: number;
  readonly #segmentBytes: number;
  readonly #segments: Segment[];
  readonly #reader: SegmentReader;
  readonly #pending: PendingAppend[] = [];
  readonly #appendListeners = new Set<() => void>();
  readonly #cursor: AcknowledgedCursor;
  readonly #fault: DiskFault;
  readonly #syncs: GroupSync;
  #writer: SegmentWriter;
  #lastSequence: number;
  #acknowledged: number;
  #flushScheduled = false;
  #closed = false;

  /**
   * Opens the spool in a directory that is its process's own, see
   * {@link StateLock}, mends a tail that a crash tore, and goes on behind it.
   */
  static open(options: { directory: string; maxBytes: number }): EventSpool {
    return new EventSpool(options);
  }

  private constructor(options: { directory: string; maxBytes: number }) {
    this.#directory = options.directory;
    this.#maxBytes = options.maxBytes;
    this.#segmentBytes = Math.min(
      SEGMENT_BYTES,
      Math.ceil(options.maxBytes / SEGMENTS_AT_LEAST),
    );
    mkdirSync(this.#directory, { recursive: true, mode: 0o700 });
    this.epoch = openEpoch(`${this.#directory}/epoch`);
    this.#cursor = AcknowledgedCursor.open(`${this.#directory}/acknowledged`);
    this.#segments = findSegments(this.#directory);
    // A segment is dropped when all before it is acknowledged, even when there
    // was no room to note that.
    this.#acknowledged = Math.max(
      this.#cursor.sequence,
      (this.#segments[0]?.firstSequence ?? 1) - 1,
    );
    const last = this.#segments.at(-1);
    const writer = last && SegmentWriter.open(last);
    // Numbers that were acknowledged are never given again, even if a power
    // loss took their records from the disk.
    this.#lastSequence = Math.max(
      writer?.lastSequence ?? 0,
      this.#acknowledged,
    );
    if (writer?.lastSequence === this.#lastSequence) {
      this.#writer = writer;
    } else {
      writer?.close();
      this.#writer = this.#beginSegment();
    }
    this.#reader = SegmentReader.create(this.#segments);
    this.#fault = DiskFault.create({
      directory: this.#directory,
      makeRoom: () => this.#recycle(),
    });
    this.#syncs = GroupSync.create({
      sync: done => this.#writer.sync(done),
      lastSequence: () => this.#lastSequence,
      failed: error => this.#fault.note('synced', error),
    });
    try {
      probeDirectory(this.#directory);
    } catch (error) {
      this.#fault.note('written', error as Error);
    }
  }

  /** Records that the portal has not acknowledged. */
  get depth(): number {
    return this.#lastSequence - this.#acknowledged;
  }

  /** Bytes on the disk. */
  get bytes(): number {
    return this.#segments.reduce((sum, segment) => sum + segment.bytes, 0);
  }

  /** Why nothing can be written at the moment, in words for a user; undefined when all is well. */
  get unwritable(): string | undefined {
    if (this.#closed) {
      return 'the proxy is shutting down';
    }
    if (this.bytes >= this.#maxBytes) {
      return `the audit spool has reached its limit of ${this.#maxBytes} bytes`;
    }
    return this.#fault.reason;
  }

  /** Calls the listener after each write; returns how to stop that. */
  onAppend(listener: () => void): () => void {
    this.#appendListeners.add(listener);
    return () => this.#appendListeners.delete(listener);
  }

  /**
   * Adds a record.
   *
   * @param record - a JSON object without `sequence`
   * @throws {@link SpoolError} when it cannot be kept; then nothing of it is
   */
  append(record: object, durability: Durability): Promise<void> {
    const unwritable = this.unwritable;
    if (unwritable) {
      return Promise.reject(new SpoolError(unwritable));
    }
    const fields = JSON.stringify(record).slice(1);
    if (
      fields.length > MAX_FIELDS_BYTES / 3 &&
      Buffer.byteLength(fields) > MAX_FIELDS_BYTES
    ) {
      return Promise.reject(
        new SpoolError(
          `the audit record is longer than ${MAX_FIELDS_BYTES} bytes`,
        ),
      );
    }
    return new Promise((resolve, reject) => {
      this.#pending.push({ fields, durability, resolve, reject });
      if (!this.#flushScheduled) {
        this.#flushScheduled = true;
        setImmediate(() => this.#flush());
      }
    });
  }

  /**
   * Adds a record of what has happened and cannot be refused any more, as soon
   * as there is room.
   *
   * @throws {@link SpoolError} when the spool was closed before
   */
  async appendWhenPossible(
    record: object,
    durability: Durability,
  ): Promise<void> {
    for (;;) {
      try {
        return await this.append(record, durability);
      } catch (error) {
        if (this.#closed) {
          throw error;
        }
        await new Promise(resolve => {
          setTimeout(resolve, RETRY_MS).unref();
        });
      }
    }
  }

  /** The oldest records that are not acknowledged, or undefined when there are none. */
  async readBatch(maxRecords: number): Promise<SpoolBatch | undefined> {
    const wanted = this.#acknowledged + 1;
    if (wanted > this.#lastSequence) {
      return undefined;
    }
    // What the portal has must not be lost here: after a power loss its number
    // would be given again.
    if (this.#syncs.syncedSequence < wanted) {
      // A disk that cannot sync any more is no reason to hold back what it still gives.
      const upTo = this.#lastSequence;
      await this.#syncs.wait().catch(() => {});
      this.#syncs.reached(upTo);
    }
    const ready = this.#syncs.syncedSequence - this.#acknowledged;
    return await this.#reader.read(wanted, Math.min(maxRecords, ready));
  }

  /** Forgets all records up to and with this one. */
  acknowledge(sequence: number): void {
    if (sequence <= this.#acknowledged || sequence > this.#lastSequence) {
      return;
    }
    this.#acknowledged = sequence;
    // A full disk gets room first; neither a lost cursor nor a segment that
    // stays does more harm than that records are sent again.
    try {
      while (
        this.#segments.length > 1 &&
        this.#segments[1].firstSequence <= sequence + 1
      ) {
        unlinkSync(this.#segments[0].file);
        this.#segments.shift();
      }
      this.#recycle();
      // Files that are open may be written where no new one can be made.
      accessSync(this.#directory, constants.W_OK);
      this.#cursor.write(sequence);
    } catch (error) {
      this.#fault.note('written', error as Error);
    }
  }

  /** Writes and syncs what is pending and gives the directory back. */
  close(): void {
    if (this.#closed) {
      return;
    }
    this.#flush();
    this.#closed = true;
    this.#fault.close();
    this.#syncs.close();
    try {
      this.#writer.seal();
    } finally {
      this.#writer.close();
      this.#cursor.close();
    }
  }

  #beginSegment(): SegmentWriter {
    const writer = SegmentWriter.begin(this.#directory, this.#lastSequence + 1);
    this.#segments.push(writer.segment);
    return writer;
  }

  /** Empties the one segment that is left when all of it is acknowledged and room is short. */
  #recycle(): void {
    const [{ bytes }] = this.#segments;
    const isDone =
      this.#segments.length === 1 && this.#acknowledged === this.#lastSequence;
    const isWanted =
      this.unwritable !== undefined || bytes >= this.#segmentBytes;
    if (isDone && isWanted && bytes > 0) {
      try {
        this.#writer.recycle(this.#lastSequence + 1);
      } finally {
        this.#segments[0] = this.#writer.segment;
      }
    }
  }

  #flush(): void {
    this.#flushScheduled = false;
    const appends = this.#pending.splice(0);
    if (appends.length === 0) {
      return;
    }
    try {
      if (this.#writer.segment.bytes >= this.#segmentBytes) {
        // The old one is on the disk before anything is in the new one.
        this.#writer.seal();
        this.#syncs.reached(this.#lastSequence);
        const next = this.#beginSegment();
        this.#writer.close();
        this.#writer = next;
      }
      this.#writer.write(
        Buffer.concat(
          appends.map((append, index) =>
            encodeSpoolRecord(
              `{"sequence":${this.#lastSequence + 1 + index},${append.fields}`,
            ),
          ),
        ),
      );
    } catch (error) {
      const failure = this.#fault.note('written', error as Error);
      appends.forEach(append => append.reject(failure));
      return;
    }
    this.#lastSequence += appends.length;
    for (const append of appends) {
      if (append.durability === 'written') {
        append.resolve();
      } else {
        this.#syncs.add(append);
      }
    }
    this.#syncs.start();
    this.#appendListeners.forEach(listener => listener());
  }
}
