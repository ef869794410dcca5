import { performance } from 'node:perf_hooks';
import type { Duplex } from 'node:stream';
import type { Logger } from 'pino';
import type {
  Injection,
  RemoteCommandEvent,
  RemoteCommandTap,
} from '../protocol';
import {
  Copy,
  CopyTranscript,
  SessionEnd,
  SessionRecording,
} from '../recording';
import { ConnectionPair, Side } from './ConnectionPair';

/** How often the idle time is looked at, in milliseconds. */
const IDLE_CHECK_MS = 1000;

type SessionOptions = {
  recordingId: string | undefined;
  /** Absent where the bytes are passed on unread (port-forward). */
  tap: RemoteCommandTap | undefined;
  startRecording:
    | ((onFailure: (error: Error) => void) => SessionRecording)
    | undefined;
  recordInput: boolean;
  /** Its archive is told of instead of recorded. */
  copy: Copy | undefined;
  idleTimeoutMs: number;
  maxDurationMs: number | '' | undefined;
  /** A line for the terminal of the user at the beginning. */
  banner: string | undefined;
  /** Writes the audit row of the end; there is none of a session that never ran. */
  onEnd: (end: SessionEnd | undefined) => Promise<void>;
  logger: Logger;
};

/**
 * One upgraded connection: reads along in both directions, and records. What
 * the server sends is in the recording before it is released to the client.
 */
export class Session {
  readonly recordingId: string | undefined;
  readonly #options: SessionOptions;
  readonly #recording: SessionRecording | undefined;
  readonly #transcript: CopyTranscript | undefined;
  #connections: ConnectionPair | undefined;
  /** What could follow the bytes that the client has got, while it has not got the chunk that was read last. */
  #beforeChunk: { injection: Injection | undefined } | undefined;
  #banner: string | undefined;
  #exitCode: number | undefined;
  #lastActivity = performance.now();
  #idleTimer: NodeJS.Timeout | undefined;
  #durationTimer: NodeJS.Timeout | undefined;
  #ending: Promise<void> | undefined;

  /** @throws SpoolError when its recording cannot begin */
  static create(options: SessionOptions): Session {
    return new Session(options);
  }

  private constructor(options: SessionOptions) {
    this.#options = options;
    this.recordingId = options.recordingId;
    this.#banner = options.banner;
    this.#transcript =
      options.copy && options.startRecording
        ? CopyTranscript.create(options.copy)
        : undefined;
    this.#recording = options.startRecording?.(error => {
      // What fails before the session runs is thrown, too.
      if (this.#connections) {
        this.#end(error.message, { truncated: true });
      }
    });
  }

  /** Passes bytes on until one side ends. */
  run(
    sides: Record<Side, Duplex> & { fromClient: Buffer; fromUpstream: Buffer },
  ): void {
    this.#connections = ConnectionPair.create(sides, {
      see: (from, chunk) => this.#see(from, chunk),
      following: () => this.#takeBanner(),
      heldBack: () =>
        this.#recording?.congested ? this.#recording.relieved : undefined,
      onClosed: first => this.#closed(first),
    });
    if (this.#ending) {
      this.#connections.cut(undefined);
      return;
    }
    this.#startTimers();
    if (this.#transcript) {
      this.#recording?.append('output', Buffer.from(this.#transcript.head));
    }
    this.#connections.start({
      client: sides.fromClient,
      upstream: sides.fromUpstream,
    });
  }

  /** Ends the session with a line in the user's terminal. */
  async end(reason: string): Promise<void> {
    await this.#end(reason, {});
  }

  /** Ends a session that never ran. */
  async cancel(): Promise<void> {
    this.#ending ??= this.#keepEnd(
      { exitCode: undefined, reason: 'it did not begin', truncated: true },
      undefined,
    );
    await this.#ending;
  }

  /** @returns false when the bytes must not be passed on, since the session has to end */
  #see(from: Side, chunk: Buffer): boolean {
    const { tap } = this.#options;
    if (!tap) {
      this.#lastActivity = performance.now();
      return true;
    }
    try {
      if (from === 'upstream') {
        // Should the session end over this chunk, the client never gets it: the
        // last words stand in its place, be it in the middle of a frame or not.
        this.#beforeChunk = { injection: tap.injection() };
      }
      const events =
        from === 'client'
          ? tap.pushFromClient(chunk)
          : tap.pushFromServer(chunk);
      events.forEach(event => this.#take(event));
      this.#beforeChunk = undefined;
      return true;
    } catch (error) {
      this.#end((error as Error).message, { truncated: true });
      return false;
    }
  }

  /** The banner, at the first place where it can be said; what is shown is recorded. */
  #takeBanner(): Buffer | undefined {
    if (this.#banner === undefined) {
      return undefined;
    }
    const line = `${this.#banner}\r\n`;
    const bytes = this.#options.tap?.injection()?.encodeOutput(line);
    if (bytes) {
      this.#banner = undefined;
      this.#recording?.append('output', Buffer.from(line));
    }
    return bytes;
  }

  #take(event: RemoteCommandEvent): void {
    switch (event.type) {
      case 'stdout':
        this.#lastActivity = performance.now();
        if (this.#options.copy?.direction === 'from the pod') {
          this.#recordCopied(event.data);
        } else {
          this.#recording?.append('output', event.data);
        }
        break;
      case 'stderr':
        this.#lastActivity = performance.now();
        this.#recording?.append('error', event.data);
        break;
      case 'stdin':
        this.#lastActivity = performance.now();
        if (this.#options.copy?.direction === 'to the pod') {
          this.#recordCopied(event.data);
        } else if (this.#options.recordInput) {
          this.#recording?.append('input', event.data);
        }
        break;
      case 'resize':
        this.#recording?.resize({ columns: event.columns, rows: event.rows });
        break;
      case 'status':
        this.#exitCode = event.exitCode;
        break;
      default:
      // stdinClosed and closed are of no interest here.
    }
  }

  #recordCopied(data: Uint8Array): void {
    const { buffer, byteOffset, byteLength } = data;
    const recorded = this.#transcript?.push(
      Buffer.from(buffer, byteOffset, byteLength),
    );
    if (recorded && 'text' in recorded) {
      this.#recording?.append('output', Buffer.from(recorded.text));
    } else if (recorded) {
      this.#recordNoArchive(recorded.bytes);
    }
  }

  /** Of what goes to the pod only what a role says is recorded. */
  #recordNoArchive(bytes: Buffer): void {
    if (this.#options.copy?.direction === 'from the pod') {
      this.#recording?.append('output', bytes);
    } else if (this.#options.recordInput) {
      this.#recording?.append('input', bytes);
    }
  }

  #recordSum(): void {
    if (!this.#transcript) {
      return;
    }
    try {
      const { rest, sum } = this.#transcript;
      if (rest.length > 0) {
        this.#recordNoArchive(rest);
      }
      this.#recording?.append('output', Buffer.from(sum));
    } catch {
      // The recording has failed, and says so itself.
    }
  }

  #startTimers(): void {
    const { idleTimeoutMs, maxDurationMs } = this.#options;
    this.#idleTimer = setInterval(() => {
      if (performance.now() - this.#lastActivity >= idleTimeoutMs) {
        this.#end(`idle for ${Math.round(idleTimeoutMs / 1000)} s`, {});
      }
    }, IDLE_CHECK_MS);
    if (maxDurationMs) {
      this.#durationTimer = setTimeout(
        () =>
          this.#end(
            `the longest duration of ${Math.round(
              maxDurationMs / 1000,
            )} s is reached`,
            {},
          ),
        maxDurationMs,
      );
    }
  }

  #closed(first: Side): void {
    const reason =
      first === 'client'
        ? 'the client closed the connection'
        : 'the API server closed the connection';
    this.#end(this.#exitCode === undefined ? reason : 'the command ended', {
      isClosed: true,
    });
  }

  #end(
    reason: string,
    options: { truncated?: boolean; isClosed?: boolean },
  ): Promise<void> {
    if (!this.#ending) {
      // A recording that fails over it ends the session itself.
      this.#recordSum();
    }
    this.#ending ??= this.#endNow(reason, options);
    return this.#ending;
  }

  #endNow(
    reason: string,
    options: { truncated?: boolean; isClosed?: boolean },
  ): Promise<void> {
    clearInterval(this.#idleTimer);
    clearTimeout(this.#durationTimer);
    if (!options.isClosed) {
      this.#connections?.cut(this.#lastWords(reason));
    }
    const end: SessionEnd = {
      exitCode: this.#exitCode,
      reason,
      truncated: options.truncated,
    };
    return this.#keepEnd(end, end);
  }

  async #keepEnd(
    recorded: SessionEnd,
    audited: SessionEnd | undefined,
  ): Promise<void> {
    // Both are tried: a full disk may have room for the small row.
    const results = await Promise.allSettled([
      this.#recording?.finish(recorded),
      this.#options.onEnd(audited),
    ]);
    for (const result of results) {
      if (result.status === 'rejected') {
        this.#options.logger.error(
          { err: result.reason },
          'the end of a session could not be recorded',
        );
      }
    }
  }

  /** A line in the user's terminal and the end of the protocol, where they can be said. */
  #lastWords(reason: string): Buffer | undefined {
    const injection = this.#beforeChunk
      ? this.#beforeChunk.injection
      : this.#options.tap?.injection();
    if (!injection) {
      return undefined;
    }
    const message = `session ended by the audit proxy: ${reason}`;
    return Buffer.concat([
      injection.encodeOutput(`\r\n${message}\r\n`) ?? Buffer.alloc(0),
      injection.encodeEnd({ message, reason: 'Timeout', code: 504 }),
    ]);
  }
}
