import type { Logger } from 'pino';
import {
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

/** Takes recordings to the portal, frame by frame while they grow; the local copy stays until the portal has all of it. */
export class RecordingDelivery {
  readonly #portal: PortalClient;
  readonly #store: RecordingStore;
  readonly #logger: Logger;
  readonly #loop: DeliveryLoop;
  /** Here, too, and not on the disk alone: a full disk must not stop the deliveries that empty it. */
  readonly #positions = new Map<string, UploadPosition>();
  readonly #parked = new Map<string, Parked>();

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
    const position = this.#positions.get(recording.id) ?? recording.uploaded();
    this.#positions.set(recording.id, position);
    while (!signal.aborted) {
      let frame: Buffer | undefined;
      try {
        frame = await recording.readFrame(position.offset);
      } catch (error) {
        if (!(error instanceof FrameError) || !completion || !position.offset) {
          throw error;
        }
        completion = damaged(completion);
      }
      if (!frame) {
        break;
      }
      const path = `${basePath(recording)}/chunks/${position.nextChunk}`;
      await this.#call('PUT', path, {
        body: frame,
        headers: { 'content-type': 'application/octet-stream' },
        signal,
      });
      position.nextChunk += 1;
      position.offset += frame.length;
      this.#note(recording, position);
    }
    if (completion && !signal.aborted) {
      await this.#call('POST', `${basePath(recording)}/complete`, {
        body: JSON.stringify({
          ...completion,
          chunkCount: position.nextChunk,
        }),
        headers: { 'content-type': 'application/json' },
        signal,
      });
      this.#positions.delete(recording.id);
      this.#store.remove(recording);
    }
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
