import { JsonObject } from '../json';
import { Output } from './ContainerProcess';

/** What a client sends into a session. */
export interface InputHandlers {
  /** The transport reads on when this settles. */
  stdin(bytes: Buffer): Promise<void>;
  stdinEnd(): void;
  resize(columns: number, rows: number): void;
  /** The client is gone. */
  closed(): void;
}

/** The streams of an exec or attach, whatever carries them. */
export interface ExecChannels {
  /** Calls back from now on, also with what has arrived before. */
  receive(handlers: InputHandlers): void;
  /** Settles when the client's side has room again; never fails. */
  readonly output: Output;
  /** Sends how it ended, and ends the connection. */
  finish(status: JsonObject): void;
}

/** Which streams the client asked for. */
export interface ExecStreams {
  readonly stdin: boolean;
  readonly stdout: boolean;
  readonly stderr: boolean;
  readonly tty: boolean;
}

/** Reads `{"Width":80,"Height":24}`. */
export function parseResize(
  bytes: Buffer,
): { columns: number; rows: number } | undefined {
  const text = bytes.toString('latin1');
  const columns = Number(/"Width":(\d{1,5})/.exec(text)?.[1]);
  const rows = Number(/"Height":(\d{1,5})/.exec(text)?.[1]);
  return columns > 0 && rows > 0 ? { columns, rows } : undefined;
}
