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
import { appendFrame } from './appendFrame';
import { FrameJournal } from './FrameJournal';

/** What a terminal is taken to be until its client says otherwise. */
const DEFAULT_SIZE: TerminalSize = { columns: 80, rows: 24 };
/** Closed journals that may wait for their compression before the session has to. */
const MAX_WAITING_FRAMES = 4;

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
  #headerWritten = false;
  #journal: FrameJournal | undefined;
  #closeTimer: NodeJS.Timeout | undefined;
  #nextSequence = 0;
  #bytes = 0;
  #writing: Promise<void> = Promise.resolve();
  #waitingFrames = 0;
  /** Nothing more is appended. */
  #failed = false;
  /** A frame could not be closed: what follows stays in journals. */
  #stuck = false;
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
  }

  /** Compression lags behind: hold the session's output back for a while. */
  get congested(): boolean {
    return this.#waitingFrames > MAX_WAITING_FRAMES;
  }

  /** Resolves when what was appended so far is in closed frames, or the next of them. */
  get relieved(): Promise<void> {
    return this.#writing;
  }

  /** The terminal has this size from now on. @throws {@link SpoolError} */
  resize(size: TerminalSize): void {
    const first = !this.#headerWritten;
    this.#writeHeader(size);
    if (!first) {
      this.append('resize', Buffer.from(`${size.columns}x${size.rows}`));
    }
  }

  /** @throws {@link SpoolError} when it cannot be kept */
  append(type: RecordingEventType, data: Uint8Array): void {
    if (this.#ended) {
      return;
    }
    if (this.#failed) {
      throw new SpoolError('the recording cannot be written');
    }
    this.#guarded(() => this.#checkLimits());
    this.#writeHeader(DEFAULT_SIZE);
    this.#write(type, data);
  }

  /** Ends the recording; what was appended is in closed frames when it returns, or will be when there is room. */
  async finish(end: SessionEnd): Promise<void> {
    if (this.#ended) {
      return;
    }
    if (!this.#failed) {
      try {
        this.append(
          'exit',
          Buffer.from(
            JSON.stringify({ exitCode: end.exitCode, reason: end.reason }),
          ),
        );
      } catch {
        // Said by onFailure already; the completion below says it, too.
      }
    }
    const durationMs = Math.round(performance.now() - this.#startedAt);
    const truncated = end.truncated || this.#failed;
    this.#ended = true;
    this.#closeJournal(true);
    await this.#writing;
    const recordingEnd: RecordingEnd = {
      status: truncated ? 'truncated' : 'complete',
      statusReason: truncated ? end.reason : undefined,
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
    if (this.#headerWritten) {
      return;
    }
    const header: RecordingHeader = { ...this.#header, size };
    this.#headerWritten = true;
    this.#write('header', Buffer.from(JSON.stringify(header)));
  }

  #write(type: RecordingEventType, data: Uint8Array): void {
    this.#guarded(() => {
      const time = Math.round((performance.now() - this.#startedAt) * 1000);
      this.#journal ??= this.#openJournal(time);
      this.#journal.append({ type, time, data });
    });
    this.#bytes += data.length;
    this.#store.grown(this.#header.id, data.length);
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
    const sequence = this.#nextSequence++;
    this.#waitingFrames++;
    this.#writing = this.#writing.then(async () => {
      try {
        if (!this.#stuck) {
          const frameBytes = await appendFrame(this.#directory, content, {
            sequence,
            last,
          });
          journal.remove();
          this.#store.grown(this.#header.id, frameBytes - content.body.length);
          this.#onFrame();
        }
      } catch (error) {
        // The journal stays; recovery makes its frame when there is room.
        this.#stuck = true;
        this.#fail(error as Error);
      } finally {
        this.#waitingFrames--;
      }
    });
  }

  #fail(error: Error): SpoolError {
    const failure = new SpoolError(
      `the recording cannot be written: ${error.message}`,
      { cause: error },
    );
    if (!this.#failed) {
      this.#failed = true;
      this.#onFailure(failure);
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
