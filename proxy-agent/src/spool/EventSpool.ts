import { randomUUID } from 'node:crypto';
import {
  closeSync,
  fdatasync,
  fsyncSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  statSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { open } from 'node:fs/promises';
import { syncDirectory, writeFileAtomically } from './atomicFile';
import { lockDirectory } from './directoryLock';
import {
  decodeSpoolRecords,
  encodeSpoolRecord,
  MAX_RECORD_BYTES,
} from './spoolRecordCodec';
import { SpoolError } from './SpoolError';

/** A segment is closed and a new one begun at so many bytes. */
const SEGMENT_BYTES = 16 * 1024 * 1024;
/** Bytes read from the disk for one batch; holds the largest record. */
const READ_BYTES = MAX_RECORD_BYTES + 64 * 1024;
/** After a failed write, the time until the next attempt, in milliseconds. */
const RETRY_AFTER_MS = 1000;

/** How far an append must have come before it counts. */
export type Durability =
  /** Handed to the kernel: survives a killed process. */
  | 'written'
  /** On the disk: survives a power loss. */
  | 'synced';

/** Records as the portal takes them. */
export type SpoolBatch = {
  /** NDJSON. */
  body: Buffer;
  firstSequence: number;
  lastSequence: number;
};

type Segment = { file: string; firstSequence: number; bytes: number };

type PendingAppend = {
  fields: string;
  durability: Durability;
  resolve: () => void;
  reject: (error: SpoolError) => void;
};

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
  readonly #now: () => number;
  readonly #unlock: () => void;
  readonly #segments: Segment[];
  readonly #pending: PendingAppend[] = [];
  readonly #waitingForSync: PendingAppend[] = [];
  readonly #appendListeners = new Set<() => void>();
  readonly #retiredHandles: number[] = [];
  #handle = -1;
  #lastSequence = 0;
  #acknowledged: number;
  /** Where the next batch begins, kept so that it needs no search. */
  #readPosition: { sequence: number; segment: Segment; offset: number };
  #flushScheduled = false;
  #syncing = false;
  #failure: { reason: string; at: number } | undefined;
  #closed = false;

  /**
   * Opens the spool in a directory of its own, mends a tail that a crash tore,
   * and goes on behind it.
   *
   * @throws {@link SpoolError} when another process uses the directory
   */
  static open(options: {
    directory: string;
    maxBytes: number;
    now?: () => number;
  }): EventSpool {
    return new EventSpool(options);
  }

  private constructor(options: {
    directory: string;
    maxBytes: number;
    now?: () => number;
  }) {
    this.#directory = options.directory;
    this.#maxBytes = options.maxBytes;
    this.#now = options.now ?? Date.now;
    mkdirSync(this.#directory, { recursive: true, mode: 0o700 });
    this.#unlock = lockDirectory(this.#directory);
    this.epoch = this.#readOrMakeEpoch();
    this.#acknowledged = this.#readAcknowledged();
    this.#segments = this.#findSegments();

    const last = this.#segments.at(-1);
    if (last) {
      this.#handle = openSync(last.file, 'r+');
      this.#lastSequence = this.#mendTail(last);
    }
    if (!last || this.#lastSequence < this.#acknowledged) {
      // Numbers that were acknowledged are never given again, even if a power
      // loss took their records from the disk.
      this.#lastSequence = this.#acknowledged;
      this.#handle = this.#beginSegment();
    }
    this.#readPosition = {
      sequence: this.#segments[0].firstSequence,
      segment: this.#segments[0],
      offset: 0,
    };
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
    if (this.#failure && this.#now() - this.#failure.at < RETRY_AFTER_MS) {
      return this.#failure.reason;
    }
    return undefined;
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
    return new Promise((resolve, reject) => {
      this.#pending.push({
        fields,
        durability,
        resolve,
        reject,
      });
      if (!this.#flushScheduled) {
        this.#flushScheduled = true;
        setImmediate(() => this.#flush());
      }
    });
  }

  /** The oldest records that are not acknowledged, or undefined when there are none. */
  async readBatch(maxRecords: number): Promise<SpoolBatch | undefined> {
    const wanted = this.#acknowledged + 1;
    if (wanted > this.#lastSequence) {
      return undefined;
    }
    if (this.#readPosition.sequence > wanted) {
      // A batch was read but not acknowledged: look again from the front.
      this.#seekTo(this.#segments[0]);
    }
    for (;;) {
      const { segment } = this.#readPosition;
      const bytes = await this.#readAt(segment, this.#readPosition.offset);
      const skip = wanted - this.#readPosition.sequence;
      const { payloads, consumed, damaged } = decodeSpoolRecords(
        bytes,
        skip > 0 ? Math.min(skip, maxRecords) : maxRecords,
      );
      if (payloads.length > 0) {
        const firstSequence = this.#readPosition.sequence;
        this.#readPosition = {
          segment,
          sequence: firstSequence + payloads.length,
          offset: this.#readPosition.offset + consumed,
        };
        if (skip > 0) {
          continue;
        }
        const newline = Buffer.from('\n');
        return {
          body: Buffer.concat(payloads.flatMap(p => [p, newline])),
          firstSequence,
          lastSequence: firstSequence + payloads.length - 1,
        };
      }
      const next = this.#segments[this.#segments.indexOf(segment) + 1];
      if (!next) {
        return undefined;
      }
      if (damaged) {
        // The rest of this segment is lost; the portal sees the gap.
        this.#acknowledged = Math.max(
          this.#acknowledged,
          next.firstSequence - 1,
        );
      }
      this.#seekTo(next);
      if (damaged) {
        return this.readBatch(maxRecords);
      }
    }
  }

  /** Forgets all records up to and with this one. */
  acknowledge(sequence: number): void {
    if (sequence <= this.#acknowledged || sequence > this.#lastSequence) {
      return;
    }
    this.#acknowledged = sequence;
    // A lost cursor only means that records are sent again.
    writeFileAtomically(`${this.#directory}/acknowledged`, `${sequence}`);
    while (
      this.#segments.length > 1 &&
      this.#segments[1].firstSequence <= sequence + 1 &&
      this.#segments[0] !== this.#readPosition.segment
    ) {
      const [done] = this.#segments.splice(0, 1);
      unlinkSync(done.file);
    }
  }

  /** Writes and syncs what is pending and gives the directory back. */
  close(): void {
    if (this.#closed) {
      return;
    }
    this.#flush();
    this.#closed = true;
    try {
      fsyncSync(this.#handle);
    } finally {
      closeSync(this.#handle);
      this.#unlock();
    }
  }

  #readOrMakeEpoch(): string {
    const file = `${this.#directory}/epoch`;
    try {
      return readFileSync(file, 'utf8').trim();
    } catch {
      const epoch = randomUUID();
      writeFileAtomically(file, epoch);
      return epoch;
    }
  }

  #readAcknowledged(): number {
    try {
      const text = readFileSync(`${this.#directory}/acknowledged`, 'utf8');
      return Number(text) || 0;
    } catch {
      return 0;
    }
  }

  #findSegments(): Segment[] {
    return readdirSync(this.#directory)
      .filter(name => /^\d{16}\.segment$/.test(name))
      .sort()
      .map(name => {
        const file = `${this.#directory}/${name}`;
        return {
          file,
          firstSequence: Number(name.slice(0, 16)),
          bytes: statSync(file).size,
        };
      });
  }

  /** Cuts the last segment behind its last whole record; returns that record's sequence. */
  #mendTail(segment: Segment): number {
    const { payloads, consumed } = decodeSpoolRecords(
      readFileSync(segment.file),
    );
    if (consumed < segment.bytes) {
      ftruncateSync(this.#handle, consumed);
      segment.bytes = consumed;
    }
    return segment.firstSequence + payloads.length - 1;
  }

  #beginSegment(): number {
    const firstSequence = this.#lastSequence + 1;
    const name = `${firstSequence}`.padStart(16, '0');
    const file = `${this.#directory}/${name}.segment`;
    const handle = openSync(file, 'w+', 0o600);
    syncDirectory(this.#directory);
    this.#segments.push({ file, firstSequence, bytes: 0 });
    return handle;
  }

  #flush(): void {
    this.#flushScheduled = false;
    const appends = this.#pending.splice(0);
    if (appends.length === 0) {
      return;
    }
    try {
      if (this.#segments[this.#segments.length - 1].bytes >= SEGMENT_BYTES) {
        // The old segment must be on the disk before its handle is gone.
        fsyncSync(this.#handle);
        this.#retiredHandles.push(this.#handle);
        this.#handle = this.#beginSegment();
        this.#closeRetiredHandles();
      }
      const segment = this.#segments[this.#segments.length - 1];
      this.#write(
        segment,
        Buffer.concat(
          appends.map((append, index) =>
            encodeSpoolRecord(
              `{"sequence":${this.#lastSequence + 1 + index},${append.fields}`,
            ),
          ),
        ),
      );
    } catch (error) {
      const reason = `the audit spool cannot be written: ${
        (error as Error).message
      }`;
      this.#failure = { reason, at: this.#now() };
      appends.forEach(append => append.reject(new SpoolError(reason)));
      return;
    }
    this.#failure = undefined;
    this.#lastSequence += appends.length;
    for (const append of appends) {
      if (append.durability === 'written') {
        append.resolve();
      } else {
        this.#waitingForSync.push(append);
      }
    }
    this.#sync();
    this.#appendListeners.forEach(listener => listener());
  }

  /** Writes all or nothing: what a full disk took in part is cut off again. */
  #write(segment: Segment, bytes: Buffer): void {
    let written = 0;
    try {
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
      ftruncateSync(this.#handle, segment.bytes);
      throw error;
    }
    segment.bytes += bytes.length;
  }

  /** A handle stays open while a sync of it is under way. */
  #closeRetiredHandles(): void {
    if (!this.#syncing) {
      this.#retiredHandles.splice(0).forEach(handle => closeSync(handle));
    }
  }

  #sync(): void {
    if (this.#syncing || this.#waitingForSync.length === 0) {
      return;
    }
    const covered = this.#waitingForSync.splice(0);
    this.#syncing = true;
    fdatasync(this.#handle, error => {
      this.#syncing = false;
      this.#closeRetiredHandles();
      if (error) {
        // After a failed sync the kernel may have dropped the pages: those
        // records count as not kept, even if they should turn up later.
        const reason = `the audit spool cannot be synced: ${error.message}`;
        this.#failure = { reason, at: this.#now() };
        covered.forEach(append => append.reject(new SpoolError(reason)));
      } else {
        covered.forEach(append => append.resolve());
      }
      this.#sync();
    });
  }

  async #readAt(segment: Segment, offset: number): Promise<Buffer> {
    const handle = await open(segment.file, 'r');
    try {
      const available = Math.max(0, segment.bytes - offset);
      const buffer = Buffer.allocUnsafe(Math.min(available, READ_BYTES));
      const { bytesRead } = await handle.read(buffer, 0, buffer.length, offset);
      return buffer.subarray(0, bytesRead);
    } finally {
      await handle.close();
    }
  }

  #seekTo(segment: Segment): void {
    this.#readPosition = {
      segment,
      sequence: segment.firstSequence,
      offset: 0,
    };
  }
}
