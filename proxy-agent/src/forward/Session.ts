import type { Duplex } from 'node:stream';
import type { Logger } from 'pino';
import type { RemoteCommandEvent, RemoteCommandTap } from '../protocol';
import type { SessionEnd, SessionRecording } from '../recording';

/** How long a user's connection may take to accept the last words, in milliseconds. */
const FAREWELL_MS = 2000;
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
  idleTimeoutMs: number;
  maxDurationMs: number | '' | undefined;
  /** A line for the user at the beginning. */
  banner: string | undefined;
  /** Writes the audit row of the end. */
  onEnd: (end: SessionEnd) => Promise<void>;
  logger: Logger;
};

type Connections = { client: Duplex; upstream: Duplex };

/**
 * One upgraded connection: passes the bytes on in both directions with
 * backpressure, reads along, and records. What the server sends is in the
 * recording before it is released to the client.
 */
export class Session {
  readonly recordingId: string | undefined;
  readonly #options: SessionOptions;
  readonly #recording: SessionRecording | undefined;
  #connections: Connections | undefined;
  #exitCode: number | undefined;
  #lastActivity = Date.now();
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
    this.#recording = options.startRecording?.(error => {
      this.#end(error.message, { truncated: true });
    });
  }

  /** Passes bytes on until one side ends. */
  run(
    options: Connections & { fromClient: Buffer; fromUpstream: Buffer },
  ): void {
    const { client, upstream } = options;
    this.#connections = { client, upstream };
    for (const socket of [client, upstream]) {
      if ('setNoDelay' in socket && typeof socket.setNoDelay === 'function') {
        socket.setNoDelay(true);
      }
    }
    const fromClient = (chunk: Buffer) => this.#fromClient(chunk);
    const fromUpstream = (chunk: Buffer) => this.#fromUpstream(chunk);
    client.on('data', fromClient).on('drain', () => upstream.resume());
    upstream.on('data', fromUpstream).on('drain', () => client.resume());
    // An error is followed by close, which ends the session.
    client.on('error', () => {}).on('close', () => this.#clientClosed());
    upstream.on('error', () => {}).on('close', () => this.#upstreamClosed());
    client.on('end', () => upstream.end());
    upstream.on('end', () => client.end());
    this.#startTimers();
    if (options.fromClient.length > 0) {
      fromClient(options.fromClient);
    }
    if (options.fromUpstream.length > 0) {
      fromUpstream(options.fromUpstream);
    }
    if (client.destroyed) {
      this.#clientClosed();
    }
  }

  /** Ends the session with a line in the user's terminal. */
  async end(reason: string): Promise<void> {
    await this.#end(reason, {});
  }

  /** Ends a session that never ran. */
  async cancel(): Promise<void> {
    await this.#end('it did not begin', { truncated: true });
  }

  #fromClient(chunk: Buffer): void {
    if (this.#ending || !this.#connections) {
      return;
    }
    const { client, upstream } = this.#connections;
    if (!this.#readAlong(tap => tap.pushFromClient(chunk))) {
      return;
    }
    if (!upstream.write(chunk)) {
      client.pause();
    }
  }

  #fromUpstream(chunk: Buffer): void {
    if (this.#ending || !this.#connections) {
      return;
    }
    const { client, upstream } = this.#connections;
    if (!this.#readAlong(tap => tap.pushFromServer(chunk))) {
      return;
    }
    const accepted = client.write(chunk);
    if (this.#recording?.congested) {
      upstream.pause();
      this.#recording.relieved.then(() => upstream.resume());
    } else if (!accepted) {
      upstream.pause();
    }
  }

  /** @returns false when the bytes must not be passed on, since the session has to end */
  #readAlong(read: (tap: RemoteCommandTap) => RemoteCommandEvent[]): boolean {
    const { tap } = this.#options;
    if (!tap) {
      this.#lastActivity = Date.now();
      return true;
    }
    try {
      for (const event of read(tap)) {
        this.#take(event);
      }
      return true;
    } catch (error) {
      this.#end((error as Error).message, { truncated: true });
      return false;
    }
  }

  #take(event: RemoteCommandEvent): void {
    switch (event.type) {
      case 'stdout':
        this.#lastActivity = Date.now();
        this.#recording?.append('output', event.data);
        break;
      case 'stderr':
        this.#lastActivity = Date.now();
        this.#recording?.append('error', event.data);
        break;
      case 'stdin':
        this.#lastActivity = Date.now();
        if (this.#options.recordInput) {
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

  #startTimers(): void {
    const { idleTimeoutMs, maxDurationMs } = this.#options;
    this.#idleTimer = setInterval(() => {
      if (Date.now() - this.#lastActivity >= idleTimeoutMs) {
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

  #clientClosed(): void {
    this.#end(
      this.#exitCode === undefined
        ? 'the client closed the connection'
        : 'the command ended',
      { quiet: true },
    );
  }

  #upstreamClosed(): void {
    this.#end(
      this.#exitCode === undefined
        ? 'the API server closed the connection'
        : 'the command ended',
      { quiet: true },
    );
  }

  #end(
    reason: string,
    options: { truncated?: boolean; quiet?: boolean },
  ): Promise<void> {
    this.#ending ??= this.#finish(reason, options);
    return this.#ending;
  }

  async #finish(
    reason: string,
    options: { truncated?: boolean; quiet?: boolean },
  ): Promise<void> {
    clearInterval(this.#idleTimer);
    clearTimeout(this.#durationTimer);
    this.#closeConnections(options.quiet ? undefined : reason);
    const end: SessionEnd = {
      exitCode: this.#exitCode,
      reason,
      truncated: options.truncated,
    };
    // Both are tried: a full disk may have room for the small row.
    const results = await Promise.allSettled([
      this.#recording?.finish(end),
      this.#options.onEnd(end),
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

  #closeConnections(lastWords: string | undefined): void {
    if (!this.#connections) {
      return;
    }
    const { client, upstream } = this.#connections;
    const { tap } = this.#options;
    if (lastWords === undefined) {
      // What was passed on already is still to arrive.
      client.end();
      upstream.end();
    } else {
      upstream.destroy();
      if (tap?.canInject) {
        const message = `session ended by the audit proxy: ${lastWords}`;
        const line = tap.encodeOutput(`\r\n${message}\r\n`);
        if (line) {
          client.write(line);
        }
        client.end(tap.encodeEnd({ message, reason: 'Timeout', code: 504 }));
      } else {
        client.end();
      }
    }
    setTimeout(() => {
      client.destroy();
      upstream.destroy();
    }, FAREWELL_MS).unref();
  }
}
