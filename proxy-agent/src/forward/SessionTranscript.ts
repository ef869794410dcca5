import type { Role } from 'backstage-plugin-kubernetes-audit-common';
import type { RemoteCommandEvent } from '../protocol';
import {
  Copy,
  CopyTranscript,
  createInputTranscript,
  InputTranscript,
  SessionRecording,
} from '../recording';

/** Decides what of a session goes into its recording, and as what. */
export class SessionTranscript {
  readonly #recording: SessionRecording;
  readonly #copy: { of: Copy; transcript: CopyTranscript } | undefined;
  readonly #input: InputTranscript | undefined;

  static create(options: {
    recording: SessionRecording;
    /** Its archive is told of instead of recorded. */
    copy: Copy | undefined;
    recordInput: Role['session']['recordInput'];
    /** The client has a terminal. */
    tty: boolean;
  }): SessionTranscript {
    return new SessionTranscript(options);
  }

  private constructor(options: {
    recording: SessionRecording;
    copy: Copy | undefined;
    recordInput: Role['session']['recordInput'];
    tty: boolean;
  }) {
    this.#recording = options.recording;
    this.#copy = options.copy && {
      of: options.copy,
      transcript: CopyTranscript.create(options.copy),
    };
    this.#input = createInputTranscript(options);
  }

  /** What stands before all else. @throws SpoolError */
  begin(): void {
    if (this.#copy) {
      this.add(this.#copy.transcript.head);
    }
  }

  /** Something that the proxy itself shows to the user. @throws SpoolError */
  add(text: string): void {
    this.#recording.append('output', Buffer.from(text));
  }

  /**
   * What came at once. Output of one stream that nothing else interrupts is one
   * event of the recording, in however many frames it came.
   *
   * @throws SpoolError when it cannot be kept: the user must not see it
   */
  take(events: readonly RemoteCommandEvent[]): void {
    let run: { type: 'output' | 'error'; pieces: Uint8Array[] } | undefined;
    const recordRun = () => {
      if (run) {
        this.#recordOutput(run.type, run.pieces);
        run = undefined;
      }
    };
    for (const event of events) {
      const type = this.#outputType(event);
      if (type !== run?.type) {
        recordRun();
      }
      if (type && 'data' in event) {
        run ??= { type, pieces: [] };
        run.pieces.push(event.data);
      } else {
        this.#takeOther(event);
      }
    }
    recordRun();
  }

  #outputType(event: RemoteCommandEvent): 'output' | 'error' | undefined {
    switch (event.type) {
      case 'stdout':
        return this.#copy?.of.direction === 'from the pod'
          ? undefined
          : 'output';
      case 'stderr':
        return 'error';
      default:
        return undefined;
    }
  }

  #takeOther(event: RemoteCommandEvent): void {
    switch (event.type) {
      case 'stdout':
        this.#recordCopied(event.data);
        break;
      case 'stdin':
        if (this.#copy?.of.direction === 'to the pod') {
          this.#recordCopied(event.data);
        } else {
          this.#recordInput(this.#input?.typed(event.data));
        }
        break;
      case 'resize':
        this.#recording.resize({ columns: event.columns, rows: event.rows });
        break;
      default:
      // The end is told by the session.
    }
  }

  /** What is known only when nothing follows. @throws SpoolError */
  end(): void {
    this.#recordInput(this.#input?.end());
    if (this.#copy) {
      const { rest, sum } = this.#copy.transcript;
      if (rest.length > 0) {
        this.#recordNoArchive(rest);
      }
      this.add(sum);
    }
  }

  #recordOutput(type: 'output' | 'error', pieces: readonly Uint8Array[]): void {
    this.#recording.append(type, ...pieces);
    for (const piece of pieces) {
      this.#recordInput(this.#input?.shown(piece));
    }
  }

  #recordCopied(data: Uint8Array): void {
    const { buffer, byteOffset, byteLength } = data;
    const recorded = this.#copy?.transcript.push(
      Buffer.from(buffer, byteOffset, byteLength),
    );
    if (recorded && 'text' in recorded) {
      this.add(recorded.text);
    } else if (recorded) {
      this.#recordNoArchive(recorded.bytes);
    }
  }

  /** Of what goes to the pod only what a role says is recorded. */
  #recordNoArchive(bytes: Buffer): void {
    if (this.#copy?.of.direction === 'from the pod') {
      this.#recording.append('output', bytes);
    } else {
      this.#recordInput(this.#input?.typed(bytes));
    }
  }

  #recordInput(decided: Buffer | undefined): void {
    if (decided && decided.length > 0) {
      this.#recording.append('input', decided);
    }
  }
}
