import { ProtocolError } from '../ProtocolError';
import { RemoteCommandEvent, RemoteCommandFailure } from './RemoteCommandTap';

/** The most bytes of an error channel or stream, together. */
export const MAX_STATUS_BYTES = 64 * 1024;

/**
 * The most frames that a status may come in. Servers send one; to read what
 * has come so far again at every one of many would take minutes.
 */
export const MAX_STATUS_FRAMES = 64;

type StatusEvent = Extract<RemoteCommandEvent, { type: 'status' }>;

/**
 * Collects the error channel or stream into one status event. From v4 on it
 * holds a `v1.Status` as JSON; before, plain text, and nothing on success.
 */
export class StatusCollector {
  private readonly parts: Buffer[] = [];
  private length = 0;
  private frames = 0;
  private done = false;

  private constructor(private readonly json: boolean) {}

  static create(options: { json: boolean }): StatusCollector {
    return new StatusCollector(options.json);
  }

  /** Whether the one event has been returned. */
  get isDone(): boolean {
    return this.done;
  }

  /** @throws ProtocolError */
  push(data: Buffer): void {
    this.length += data.length;
    if (this.length > MAX_STATUS_BYTES) {
      throw new ProtocolError('too_large', 'Status of the command too large');
    }
    this.parts.push(Buffer.from(data));
  }

  /**
   * The event, if what has come up to the end of a frame makes one.
   *
   * @throws ProtocolError
   */
  endOfFrame(): StatusEvent | undefined {
    if (this.done || this.length === 0) {
      return undefined;
    }
    this.frames += 1;
    if (this.frames > MAX_STATUS_FRAMES) {
      throw new ProtocolError('too_large', 'Status of the command in pieces');
    }
    const event = this.json
      ? parseStatus(this.text())
      : failureOfText(this.text());
    this.done = event !== undefined;
    return event;
  }

  /** The event, when nothing more will come. */
  end(): StatusEvent | undefined {
    const event = this.endOfFrame();
    if (this.done) {
      return event;
    }
    if (this.length > 0) {
      this.done = true;
      return failureOfText(this.text());
    }
    if (this.json) {
      return undefined;
    }
    this.done = true;
    return { type: 'status', success: true, exitCode: 0 };
  }

  private text(): string {
    return Buffer.concat(this.parts).toString('utf8');
  }
}

/** What {@link StatusCollector} reads, for a session that is ended. */
export function encodeFailure(
  failure: RemoteCommandFailure,
  options: { json: boolean },
): Buffer {
  if (!options.json) {
    return Buffer.from(failure.message);
  }
  return Buffer.from(
    JSON.stringify({
      kind: 'Status',
      apiVersion: 'v1',
      metadata: {},
      status: 'Failure',
      message: failure.message,
      reason: failure.reason,
      code: failure.code,
    }),
  );
}

function failureOfText(message: string): StatusEvent {
  return { type: 'status', success: false, message };
}

function parseStatus(text: string): StatusEvent | undefined {
  let status: unknown;
  try {
    status = JSON.parse(text);
  } catch {
    return undefined; // the rest is still to come
  }
  if (!isRecord(status)) {
    return undefined;
  }
  // A Status without a status is an error to kubectl, too.
  const success = status.status === 'Success';
  return {
    type: 'status',
    success,
    exitCode: success ? 0 : exitCodeOf(status.details),
    message: typeof status.message === 'string' ? status.message : undefined,
    reason: typeof status.reason === 'string' ? status.reason : undefined,
  };
}

function exitCodeOf(details: unknown): number | undefined {
  const causes = isRecord(details) ? details.causes : undefined;
  if (!Array.isArray(causes)) {
    return undefined;
  }
  const cause: unknown = causes.find(
    item => isRecord(item) && item.reason === 'ExitCode',
  );
  const message = isRecord(cause) ? cause.message : undefined;
  if (typeof message !== 'string' || !/^\d{1,3}$/.test(message)) {
    return undefined;
  }
  return Number(message) <= 255 ? Number(message) : undefined;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
