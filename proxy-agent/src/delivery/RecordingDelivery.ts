import type { Logger } from 'pino';
import type { RecordingDirectory, RecordingStore } from '../spool';
import { DeliveryLoop } from './DeliveryLoop';
import type { PortalClient } from './PortalClient';

/** The longest time until a closed frame of a running session goes out, in milliseconds. */
const IDLE_MS = 1000;

/** Takes recordings to the portal, frame by frame while they grow; the local copy stays until the portal has all of it. */
export class RecordingDelivery {
  readonly #portal: PortalClient;
  readonly #store: RecordingStore;
  readonly #logger: Logger;
  readonly #loop: DeliveryLoop;

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
    const failures: Error[] = [];
    for (const recording of this.#store.list()) {
      if (signal.aborted) {
        break;
      }
      try {
        await this.#deliver(recording, signal);
      } catch (error) {
        // One recording that the portal refuses must not hold up the others.
        failures.push(error as Error);
        this.#logger.warn(
          { recordingId: recording.id, error: (error as Error).message },
          'a recording could not be delivered',
        );
      }
    }
    if (failures.length > 0) {
      throw failures[0];
    }
    return 'idle';
  }

  async #deliver(
    recording: RecordingDirectory,
    signal: AbortSignal,
  ): Promise<void> {
    // Read before the frames: what is complete now has all its frames.
    const completion = recording.completion();
    let { nextChunk, offset } = recording.uploaded();
    const base = `/v1/ingest/recordings/${recording.id}`;
    while (!signal.aborted) {
      const frame = await recording.readFrame(offset);
      if (!frame) {
        break;
      }
      await this.#portal.call('PUT', `${base}/chunks/${nextChunk}`, {
        body: frame,
        headers: { 'content-type': 'application/octet-stream' },
      });
      nextChunk += 1;
      offset += frame.length;
      recording.setUploaded({ nextChunk, offset });
    }
    if (completion && !signal.aborted) {
      await this.#portal.call('POST', `${base}/complete`, {
        body: JSON.stringify({ ...completion, chunkCount: nextChunk }),
        headers: { 'content-type': 'application/json' },
      });
      this.#store.remove(recording);
    }
  }
}
