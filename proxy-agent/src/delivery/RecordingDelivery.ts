import type { Logger } from 'pino';
import {
  decodeFrameHeader,
  FRAME_TARGET_BYTES,
  FrameError,
  RecordingCompletion,
} from 'backstage-plugin-kubernetes-audit-common';
import type {
  RecordingDirectory,
  RecordingStore,
  UploadPosition,
} from '../spool';
import { Backoff } from './Backoff';
import { DeliveryLoop } from './DeliveryLoop';
import { PortalClient, PortalError } from './PortalClient';

/** The longest time until a closed frame of a running session goes out, in milliseconds. */
const IDLE_MS = 1000;

/**
 * Frames that go out as one chunk, at the most. A session that prints much
 * closes a hundred frames a second: to send each alone costs proxy and portal
 * more than to record it.
 */
const CHUNK_FRAMES = 4;
/** So long such a session's frames wait for others, in milliseconds. */
const LINGER_MS = 200;

/** How far an upload has come, and the frames of the next chunk that were read. */
type Upload = {
  position: UploadPosition;
  frames: Buffer[];
  /** When the first of them was read. */
  since: number;
};

/** A recording that is no good, or that the portal does not want, and when it is tried again. */
type Parked = { backoff: Backoff; until: number };

/** Statuses that speak of the portal or the agent's credential, not of what was sent. */
const NOT_OF_THE_RECORDING = new Set([401, 403, 408, 429]);

/** No recording can be delivered now. */
class PortalAwayError extends Error {
  readonly name = 'PortalAwayError';
}

function isOfTheRecording(error: unknown): boolean {
  return (
    error instanceof PortalError &&
    error.statusCode < 500 &&
    !NOT_OF_THE_RECORDING.has(error.statusCode)
  );
}

/** Takes recordings to the portal while they grow; the local copy stays until the portal has all of it. */
export class RecordingDelivery {
  readonly #portal: PortalClient;
  readonly #store: RecordingStore;
  readonly #logger: Logger;
  readonly #loop: DeliveryLoop;
  /** Here, too, and not on the disk alone: a full disk must not stop the deliveries that empty it. */
  readonly #uploads = new Map<string, Upload>();
  readonly #parked = new Map<string, Parked>();
  #isDraining = false;

  static create(options: {
    portal: PortalClient;
    store: RecordingStore;
    logger: Logger;
  }): RecordingDelivery {
    return new RecordingDelivery(options);
  }

  private constructor(options: {
    portal: PortalClient;
    store: RecordingStore;
    logger: Logger;
  }) {
    this.#portal = options.portal;
    this.#store = options.store;
    this.#logger = options.logger;
    this.#loop = DeliveryLoop.create({
      name: 'delivery of recordings',
      step: signal => this.#deliverAll(signal),
      idleMs: IDLE_MS,
      logger: options.logger,
    });
  }

  start(): void {
    this.#loop.start();
  }

  /** A frame was closed or a recording ended. */
  wake(): void {
    this.#loop.wake();
  }

  async stop(): Promise<void> {
    await this.#loop.stop();
  }

  /** Sends what is left, for a proxy that ends; gives up at the first failure. */
  async drain(): Promise<void> {
    this.#isDraining = true;
    await this.#deliverAll(new AbortController().signal);
  }

  async #deliverAll(signal: AbortSignal): Promise<'idle'> {
    const now = performance.now();
    for (const recording of this.#store.list()) {
      if (signal.aborted) {
        break;
      }
      if (now < (this.#parked.get(recording.id)?.until ?? -Infinity)) {
        continue;
      }
      try {
        await this.#deliver(recording, signal);
        this.#parked.delete(recording.id);
      } catch (error) {
        if (error instanceof PortalAwayError) {
          throw error;
        }
        this.#park(recording, error as Error);
      }
    }
    return 'idle';
  }

  /** One recording that cannot be delivered must not hold up the others. */
  #park(recording: RecordingDirectory, error: Error): void {
    const { backoff } = this.#parked.get(recording.id) ?? {
      backoff: Backoff.create(),
    };
    const delay = backoff.failed();
    this.#parked.set(recording.id, {
      backoff,
      until: performance.now() + delay,
    });
    this.#logger.warn(
      {
        recordingId: recording.id,
        error: error.message,
        retryInMs: Math.round(delay),
      },
      'a recording could not be delivered',
    );
  }

  async #deliver(
    recording: RecordingDirectory,
    signal: AbortSignal,
  ): Promise<void> {
    // Read before the frames: what is complete now has all its frames.
    let completion = recording.completion();
    const upload = this.#uploadOf(recording);
    while (!signal.aborted) {
      let mayGrow = false;
      try {
        mayGrow = !(await collectFrames(recording, upload));
      } catch (error) {
        if (
          !(error instanceof FrameError) ||
          !completion ||
          nextOffset(upload) === 0
        ) {
          throw error;
        }
        completion = damaged(completion);
      }
      if (upload.frames.length === 0) {
        break;
      }
      if (
        mayGrow &&
        !completion &&
        !this.#isDraining &&
        performance.now() - upload.since < LINGER_MS
      ) {
        return;
      }
      await this.#sendChunk(recording, upload, signal);
    }
    if (completion && !signal.aborted) {
      await this.#call('POST', `${basePath(recording)}/complete`, {
        body: JSON.stringify({
          ...completion,
          chunkCount: upload.position.nextChunk,
        }),
        headers: { 'content-type': 'application/json' },
        signal,
      });
      this.#uploads.delete(recording.id);
      this.#store.remove(recording);
    }
  }

  #uploadOf(recording: RecordingDirectory): Upload {
    const upload = this.#uploads.get(recording.id) ?? {
      position: recording.uploaded(),
      frames: [],
      since: 0,
    };
    this.#uploads.set(recording.id, upload);
    return upload;
  }

  async #sendChunk(
    recording: RecordingDirectory,
    upload: Upload,
    signal: AbortSignal,
  ): Promise<void> {
    const { position } = upload;
    const path = `${basePath(recording)}/chunks/${position.nextChunk}`;
    const send = async (count: number) => {
      await this.#call('PUT', path, {
        body: Buffer.concat(upload.frames.slice(0, count)),
        headers: { 'content-type': 'application/octet-stream' },
        signal,
      });
      return count;
    };
    const count = await send(upload.frames.length).catch(error =>
      isConflict(error)
        ? sendFewer(upload.frames.length, send, error)
        : Promise.reject(error),
    );
    const sent = upload.frames.splice(0, count);
    position.nextChunk += 1;
    position.offset += bytesOf(sent);
    this.#note(recording, position);
  }

  async #call(...call: Parameters<PortalClient['call']>): Promise<void> {
    try {
      await this.#portal.call(...call);
    } catch (error) {
      throw isOfTheRecording(error)
        ? error
        : new PortalAwayError((error as Error).message, { cause: error });
    }
  }

  #note(recording: RecordingDirectory, position: UploadPosition): void {
    try {
      recording.setUploaded(position);
    } catch (error) {
      // After a restart these chunks are sent once more, which changes nothing.
      this.#logger.warn(
        { recordingId: recording.id, error: (error as Error).message },
        'how far a recording was delivered cannot be noted',
      );
    }
  }
}

function bytesOf(frames: readonly Buffer[]): number {
  return frames.reduce((sum, { length }) => sum + length, 0);
}

/** Where in the recording's frames the next one to read begins. */
function nextOffset({ position, frames }: Upload): number {
  return position.offset + bytesOf(frames);
}

/**
 * Reads the frames of the next chunk, as many as there are: a frame that time
 * has closed ends it, for somebody may be watching.
 *
 * @returns whether it takes no more
 * @throws FrameError when one is damaged; those before it were read
 */
async function collectFrames(
  recording: RecordingDirectory,
  upload: Upload,
): Promise<boolean> {
  while (!isWhole(upload)) {
    const frame = await recording.readFrame(nextOffset(upload));
    if (!frame) {
      return false;
    }
    if (upload.frames.length === 0) {
      upload.since = performance.now();
    }
    // A copy: the next one is read into the same memory.
    upload.frames.push(Buffer.from(frame));
  }
  return true;
}

function isWhole({ frames }: Upload): boolean {
  const last = frames.at(-1);
  return (
    last !== undefined &&
    (frames.length >= CHUNK_FRAMES ||
      (decodeFrameHeader(last)?.uncompressedBytes ?? 0) < FRAME_TARGET_BYTES)
  );
}

function isConflict(error: unknown): boolean {
  return error instanceof PortalError && error.statusCode === 409;
}

/**
 * The portal may have the chunk already, with fewer frames: its answer did not
 * reach a proxy that was killed, and then found more of them.
 *
 * @returns of how many frames it is
 * @throws the conflict when it is of none of these
 */
async function sendFewer(
  frames: number,
  send: (count: number) => Promise<number>,
  conflict: unknown,
): Promise<number> {
  for (let count = 1; count < frames; count++) {
    try {
      return await send(count);
    } catch (error) {
      if (!isConflict(error)) {
        throw error;
      }
    }
  }
  throw conflict;
}

function basePath(recording: RecordingDirectory): string {
  return `/v1/ingest/recordings/${recording.id}`;
}

/** What can be read of it is delivered, and says that it is not all. */
function damaged(completion: RecordingCompletion): RecordingCompletion {
  return {
    ...completion,
    status: 'truncated',
    statusReason:
      'a part of the recording was damaged on the disk of the proxy',
  };
}
