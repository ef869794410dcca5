import { performance } from 'node:perf_hooks';
import type { Role } from 'backstage-plugin-kubernetes-audit-common';
import type { Logger } from 'pino';
import type {
  Injection,
  RemoteCommandEvent,
  RemoteCommandTap,
} from '../protocol';
import type { Copy, SessionEnd, SessionRecording } from '../recording';
import { ConnectionPair, Seen, Side, Sides } from './ConnectionPair';
import { SessionTranscript } from './SessionTranscript';
import { WholeFrames } from './WholeFrames';

/** How often the idle time is looked at, in milliseconds. */
const IDLE_CHECK_MS = 1000;

type SessionOptions = {
  recordingId: string | undefined;
  /** Absent where the bytes are passed on unread (port-forward). */
  tap: RemoteCommandTap | undefined;
  startRecording:
    | ((onFailure: (error: Error) => void) => SessionRecording)
    | undefined;
  recordInput: Role['session']['recordInput'];
  /** The client has a terminal. */
  tty: boolean;
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
 * the server sends is in the recording before it is released to the client; of
 * a frame that the session's end has cut the recording can hold a part that the
 * client did not get.
 */
export class Session {
  readonly recordingId: string | undefined;
  readonly #options: SessionOptions;
  readonly #recording: SessionRecording | undefined;
  readonly #transcript: SessionTranscript | undefined;
  #connections: ConnectionPair | undefined;
  readonly #frames = WholeFrames.create();
  /** What could follow the whole frames that came before the chunk that is being read. */
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
    this.#recording = options.startRecording?.(error => {
      // What fails before the session runs is thrown, too.
      if (this.#connections) {
        this.#end(error.message, { truncated: true });
      }
    });
    this.#transcript =
      this.#recording &&
      SessionTranscript.create({ ...options, recording: this.#recording });
  }

  /** Passes bytes on until one side ends. */
  run(sides: Sides & { fromClient: Buffer; fromUpstream: Buffer }): void {
    this.#connections = ConnectionPair.create(sides, {
      see: (from, chunk) => this.#see(from, chunk),
      rest: () => this.#frames.take(),
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
    if (!this.#isKept(() => this.#transcript?.begin())) {
      return;
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

  /** @returns what may be passed on; nothing when the session has to end over it */
  #see(from: Side, chunk: Buffer): Seen {
    const { tap } = this.#options;
    if (!tap) {
      this.#lastActivity = performance.now();
      return { released: [chunk], waits: false };
    }
    try {
      if (from === 'client') {
        this.#take(tap.pushFromClient(chunk));
        return { released: [chunk], waits: false };
      }
      // Should the session end over this chunk, the client never gets it: the
      // last words stand in its place.
      this.#beforeChunk = { injection: tap.injection() };
      this.#take(tap.pushFromServer(chunk));
      this.#beforeChunk = undefined;
      const released = this.#frames.push(chunk, tap.boundary);
      return { released, waits: this.#frames.isHolding };
    } catch (error) {
      this.#end((error as Error).message, { truncated: true });
      return { released: [], waits: false };
    }
  }

  /** The banner, at the first place where it can be said; what is shown is recorded. */
  #takeBanner(): Buffer | undefined {
    // Not before what is recorded already.
    if (
      this.#banner === undefined ||
      this.#frames.isHolding ||
      !this.#frames.endsWhole
    ) {
      return undefined;
    }
    const line = `${this.#banner}\r\n`;
    const bytes = this.#options.tap?.injection()?.encodeOutput(line);
    if (!bytes) {
      return undefined;
    }
    this.#banner = undefined;
    return this.#isKept(() => this.#transcript?.add(line)) ? bytes : undefined;
  }

  /** @returns false when it cannot be recorded; then the recording has ended the session */
  #isKept(record: () => void): boolean {
    try {
      record();
      return true;
    } catch {
      return false;
    }
  }

  #take(events: readonly RemoteCommandEvent[]): void {
    for (const event of events) {
      if ('data' in event) {
        this.#lastActivity = performance.now();
      } else if (event.type === 'status') {
        this.#exitCode = event.exitCode;
      }
    }
    this.#transcript?.take(events);
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
      this.#isKept(() => this.#transcript?.end());
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
      this.#connections?.cut(this.#lastBytes(reason));
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

  /**
   * A line in the user's terminal and the end of the protocol. They take the
   * place of a frame that is not whole, of which the client has got nothing.
   */
  #lastBytes(reason: string): Buffer | undefined {
    const injection = this.#beforeChunk
      ? this.#beforeChunk.injection
      : this.#options.tap?.injection();
    const held = this.#frames.take();
    if (!injection) {
      // The API server has said its own.
      return Buffer.concat(held);
    }
    if (!this.#frames.endsWhole) {
      return undefined;
    }
    const message = `session ended by the audit proxy: ${reason}`;
    return Buffer.concat([
      injection.encodeOutput(`\r\n${message}\r\n`) ?? Buffer.alloc(0),
      injection.encodeEnd({ message, reason: 'Timeout', code: 504 }),
    ]);
  }
}
