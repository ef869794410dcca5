/**
 * What a recorder wants to know of an exec or attach session. The order of
 * events is that of the bytes.
 */
export type RemoteCommandEvent =
  /**
   * Some bytes of a stream, cut anywhere and never empty. `data` can be a view
   * of the chunk that was pushed: it is good until that chunk is reused, and
   * must not be written to. Copy what is kept.
   */
  | { type: 'stdin' | 'stdout' | 'stderr'; data: Uint8Array }
  /** The client's terminal has this size, in characters. */
  | { type: 'resize'; columns: number; rows: number }
  /** The client sends no more input. At most once. */
  | { type: 'stdinClosed' }
  /**
   * How the command ended. At most once. `exitCode` is known of a command that
   * ended by itself: 0 on success, 1 to 255 on failure.
   */
  | {
      type: 'status';
      success: boolean;
      exitCode?: number;
      message?: string;
      reason?: string;
    }
  /** One side says that the connection ends (close frame, GOAWAY). Once. */
  | { type: 'closed' };

/** A `v1.Status` of `status: Failure`, for a client whose session is ended. */
export interface RemoteCommandFailure {
  /** What kubectl prints after `error: `. */
  message: string;
  reason?: string;
  /** An HTTP status code. */
  code?: number;
}

/** Own bytes for the client, to follow the server's bytes up to one place. */
export interface Injection {
  /**
   * Bytes that print `text` on the user's terminal, on stdout, or stderr where
   * there is no stdout. Undefined when neither can be written to, for example
   * before a SPDY client has opened them.
   */
  encodeOutput(text: string): Buffer | undefined;

  /**
   * Bytes that end the session for the client: kubectl prints the message and
   * exits with a code other than 0. Nothing may be sent to the client after
   * them.
   */
  encodeEnd(failure: RemoteCommandFailure): Buffer;
}

/**
 * Reads along with both directions of a remote command connection after its
 * handshake, and can put something of its own into what the client gets.
 *
 * Chunks may be cut anywhere; they are never altered nor kept. A tap that threw
 * a `ProtocolError` is of no more use: the bytes of that chunk are not
 * recorded, so they must not be forwarded either.
 */
export interface RemoteCommandTap {
  /** @throws ProtocolError */
  pushFromClient(chunk: Buffer): RemoteCommandEvent[];

  /** @throws ProtocolError */
  pushFromServer(chunk: Buffer): RemoteCommandEvent[];

  /**
   * Where in the chunk given to `pushFromServer` last its last whole frame and
   * message ends; undefined if none does. What follows it is the beginning of
   * the next one.
   */
  readonly boundary: number | undefined;

  /**
   * What can follow the server's bytes up to the last whole frame and message;
   * undefined when the server has closed. It stays true of that place whatever
   * is pushed later: who asks before a push and then does not release the chunk
   * knows what can follow what the client has got.
   */
  injection(): Injection | undefined;
}
