import { performance } from 'node:perf_hooks';
import {
  FRAME_TARGET_BYTES,
  FRAME_TARGET_MS,
  RecordingEventType,
  RecordingHeader,
  TerminalSize,
} from 'backstage-plugin-kubernetes-audit-common';
import {
  RecordingDirectory,
  RecordingEnd,
  RecordingStore,
  SpoolError,
} from '../spool';
import { Backlog } from './Backlog';
import { encodeContent, FrameFile } from './FrameFile';
import { FrameJournal } from './FrameJournal';

/** What a terminal is taken to be until its client says otherwise. */
const DEFAULT_SIZE: TerminalSize = { columns: 80, rows: 24 };
/** Closed journals that may wait for their compression before the session has to: they are in memory. */
const MAX_UNCOMPRESSED = 8;
/** Frames that may wait for the disk: a sync that takes long is none of the session's business. */
const MAX_UNWRITTEN = 32;

/** How a session ended. */
export type SessionEnd = {
  exitCode: number | undefined;
  /** In words, for the audit row and the recording. */
  reason: string;
  /** Something that the session did is not in the recording. */
  truncated?: boolean;
};

/**
 * Records one session. `append` returns when the bytes are in the journal, so
 * whatever is released after it survives a killed proxy. There is no emulator
 * here: the portal works out screens.
 */
export class SessionRecording {
  readonly #directory: RecordingDirectory;
  readonly #store: RecordingStore;
  readonly #maxBytes: number;
  readonly #header: Omit<RecordingHeader, 'size'>;
  readonly #onFrame: () => void;
  readonly #onFailure: (error: SpoolError) => void;
  readonly #startedAt = performance.now();
  /** Written; undefined while the first size is unknown. */
  #written: RecordingHeader | undefined;
  readonly #frames: FrameFile;
  #journal: FrameJournal | undefined;
  #closeTimer: NodeJS.Timeout | undefined;
  #nextSequence = 0;
  #bytes = 0;
  /** Of the frames in their file. */
  #frameBytes = 0;
  readonly #compressing = Backlog.create(MAX_UNCOMPRESSED);
  readonly #writing = Backlog.create(MAX_UNWRITTEN);
  /** Nothing more is appended. */
  #failed = false;
  /** A frame could not be closed: what follows stays in journals. */
  #stuck = false;
  /** Its end is being written: what fails now ends no session any more. */
  #finishing = false;
  #ended = false;

  /** @throws {@link SpoolError} when nothing can be written */
  static start(options: {
    store: RecordingStore;
    /** A longer recording ends its session. */
    maxBytes: number;
    header: Omit<RecordingHeader, 'size'>;
    /** A frame is ready to be delivered, or the recording has ended. */
    onFrame: () => void;
    /** What was appended cannot be kept: the session must end. */
    onFailure: (error: SpoolError) => void;
  }): SessionRecording {
    return new SessionRecording(options);
  }

  private constructor(options: {
    store: RecordingStore;
    maxBytes: number;
    header: Omit<RecordingHeader, 'size'>;
    onFrame: () => void;
    onFailure: (error: SpoolError) => void;
  }) {
    this.#header = options.header;
    this.#store = options.store;
    this.#maxBytes = options.maxBytes;
    this.#onFrame = options.onFrame;
    this.#onFailure = options.onFailure;
    this.#directory = this.#guarded(() =>
      options.store.create(options.header.id),
    );
    this.#frames = FrameFile.of(this.#directory);
  }

  /** The processor or the disk lags behind: hold the session's output back for a while. */
  get congested(): boolean {
    return this.#compressing.isFull || this.#writing.isFull;
  }

  /** Resolves when one frame less waits. */
  get relieved(): Promise<void> {
    return this.#compressing.isFull
      ? this.#compressing.relieved
      : this.#writing.relieved;
  }

  /** The terminal has this size from now on. @throws {@link SpoolError} */
  resize(size: TerminalSize): void {
    const first = !this.#written;
    this.#writeHeader(size);
    if (!first) {
      this.append('resize', Buffer.from(`${size.columns}x${size.rows}`));
    }
  }

  /**
   * One event.
   *
   * @param pieces - its bytes, cut anywhere
   * @throws {@link SpoolError} when it cannot be kept
   */
  append(type: RecordingEventType, ...pieces: Uint8Array[]): void {
    if (this.#ended) {
      return;
    }
    if (this.#failed) {
      throw new SpoolError('the recording cannot be written');
    }
    this.#guarded(() => this.#checkLimits());
    this.#writeHeader(DEFAULT_SIZE);
    this.#write(type, pieces);
  }

  /** Ends the recording; what was appended is in closed frames when it returns, or will be when there is room. */
  async finish(end: SessionEnd): Promise<void> {
    if (this.#finishing) {
      return;
    }
    this.#finishing = true;
    let statusReason = end.truncated || this.#failed ? end.reason : undefined;
    if (!this.#failed) {
      try {
        this.append(
          'exit',
          Buffer.from(
            JSON.stringify({ exitCode: end.exitCode, reason: end.reason }),
          ),
        );
      } catch (error) {
        statusReason ??= `${end.reason}, and ${(error as Error).message}`;
      }
    }
    const durationMs = Math.round(performance.now() - this.#startedAt);
    this.#ended = true;
    this.#closeJournal(true);
    await this.#writing.ended();
    await this.#frames.close();
    const recordingEnd: RecordingEnd = {
      status: statusReason === undefined ? 'complete' : 'truncated',
      statusReason,
      endReason: end.reason,
      endedAt: new Date(
        Date.parse(this.#header.startedAt) + durationMs,
      ).toISOString(),
      durationMs,
      exitCode: end.exitCode,
    };
    this.#store.ended(this.#header.id, this.#complete(recordingEnd));
    this.#onFrame();
  }

  /** @returns what is still to be written down when there is room again */
  #complete(end: RecordingEnd): RecordingEnd | undefined {
    if (this.#stuck || this.#nextSequence === 0) {
      return end;
    }
    try {
      // The chunks are counted anew at the upload.
      this.#directory.complete({ ...end, chunkCount: this.#nextSequence });
      return undefined;
    } catch {
      return end;
    }
  }

  #writeHeader(size: TerminalSize): void {
    if (!this.#written) {
      this.#written = { ...this.#header, size };
      this.#write('header', [Buffer.from(JSON.stringify(this.#written))]);
    }
  }

  #write(type: RecordingEventType, pieces: readonly Uint8Array[]): void {
    const bytes = pieces.reduce((sum, { length }) => sum + length, 0);
    this.#guarded(() => {
      const time = Math.round((performance.now() - this.#startedAt) * 1000);
      this.#journal ??= this.#openJournal(time);
      this.#journal.append({ type, time, pieces, bytes });
    });
    this.#bytes += bytes;
    this.#store.grown(this.#header.id, bytes);
    if (this.#journal && this.#journal.bytes >= FRAME_TARGET_BYTES) {
      this.#closeJournal(false);
    }
  }

  #openJournal(time: number): FrameJournal {
    this.#closeTimer = setTimeout(
      () => this.#closeJournal(false),
      FRAME_TARGET_MS,
    );
    return FrameJournal.create(
      this.#directory.journalFile(this.#nextSequence),
      time,
      this.#written ?? { ...this.#header, size: DEFAULT_SIZE },
    );
  }

  #closeJournal(last: boolean): void {
    clearTimeout(this.#closeTimer);
    const journal = this.#journal;
    if (!journal) {
      return;
    }
    this.#journal = undefined;
    const content = journal.close();
    if (content.eventCount === 0) {
      // What should have been its first event was not kept.
      journal.remove();
      return;
    }
    const bodyBytes = content.body.length;
    const encoded = encodeContent(content, {
      sequence: this.#nextSequence++,
      last,
    });
    this.#compressing.add(encoded.finally(() => journal.release()));
    this.#writing.add(
      this.#keepFrame(this.#frames.append(encoded), journal, bodyBytes),
    );
  }

  /** Lets go of the journal when its frame is on the disk. */
  async #keepFrame(
    appended: Promise<Uint8Array>,
    journal: FrameJournal,
    bodyBytes: number,
  ): Promise<void> {
    try {
      const frame = await appended;
      journal.remove();
      this.#directory.keepRecent(this.#frameBytes, frame);
      this.#frameBytes += frame.length;
      this.#store.grown(this.#header.id, frame.length - bodyBytes);
      this.#onFrame();
    } catch (error) {
      // The journal stays; recovery makes its frame when there is room.
      this.#stuck = true;
      this.#fail(error as Error);
    }
  }

  #fail(error: Error): SpoolError {
    const failure = new SpoolError(
      `the recording cannot be written: ${error.message}`,
      { cause: error },
    );
    if (!this.#failed) {
      this.#failed = true;
      if (!this.#finishing) {
        this.#onFailure(failure);
      }
    }
    return failure;
  }

  #checkLimits(): void {
    if (this.#bytes >= this.#maxBytes) {
      throw new Error(`it has reached its limit of ${this.#maxBytes} bytes`);
    }
    const { full } = this.#store;
    if (full) {
      throw new Error(full);
    }
  }

  #guarded<T>(write: () => T): T {
    try {
      return write();
    } catch (error) {
      throw this.#fail(error as Error);
    }
  }
}
