import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { Logger } from 'pino';
import { z } from 'zod';
import type { EventSpool } from '../spool';
import { DeliveryLoop } from './DeliveryLoop';
import { PortalClient, PortalError } from './PortalClient';
import type { RefusedRecords } from './RefusedRecords';

const compress = promisify(gzip);

/** Records of one request to the portal at the most. */
const MAX_BATCH_RECORDS = 1000;
/** How long a first record waits for company, in milliseconds … */
const GATHER_MS = 50;
/** … and what lies between two batches that are not full: each costs as much as dozens of calls. */
const INTERVAL_MS = 250;
const IDLE_MS = 5000;
/** gzip's quickest: records are so alike that more gains little. */
const COMPRESSION_LEVEL = 1;

const acknowledgementSchema = z.object({
  acknowledgedSequence: z.number().int().nonnegative(),
});

/** Takes records out of the spool to the portal: at least once, in order. */
export class EventDelivery {
  readonly #portal: PortalClient;
  readonly #spool: EventSpool;
  readonly #refused: RefusedRecords;
  readonly #logger: Logger;
  readonly #loop: DeliveryLoop;
  readonly #stopListening: () => void;
  #batchRecords = MAX_BATCH_RECORDS;
  #lastSuccess: number | undefined;
  /** On the monotonic clock, in milliseconds. */
  #lastBatchAt = -INTERVAL_MS;

  static create(options: {
    portal: PortalClient;
    spool: EventSpool;
    refused: RefusedRecords;
    logger: Logger;
  }): EventDelivery {
    return new EventDelivery(options);
  }

  private constructor(options: {
    portal: PortalClient;
    spool: EventSpool;
    refused: RefusedRecords;
    logger: Logger;
  }) {
    this.#portal = options.portal;
    this.#spool = options.spool;
    this.#refused = options.refused;
    this.#logger = options.logger;
    this.#loop = DeliveryLoop.create({
      name: 'delivery of audit events',
      step: signal => this.#gatherAndDeliver(signal),
      idleMs: IDLE_MS,
      logger: options.logger,
    });
    this.#stopListening = options.spool.onAppend(() => this.#loop.wake());
  }

  /** When the portal last took a batch, in milliseconds since 1970. */
  get lastSuccess(): number | undefined {
    return this.#lastSuccess;
  }

  start(): void {
    this.#loop.start();
  }

  async stop(): Promise<void> {
    this.#stopListening();
    await this.#loop.stop();
  }

  /** Sends what is left, for a proxy that ends; gives up at the first failure. */
  async drain(): Promise<void> {
    while ((await this.#deliver(new AbortController().signal)) === 'more');
  }

  /** Delivers when a batch is full, or what there is has waited for company. */
  async #gatherAndDeliver(signal: AbortSignal): Promise<'more' | 'idle'> {
    const { depth } = this.#spool;
    if (depth > 0 && depth < this.#batchRecords) {
      const sinceLast = performance.now() - this.#lastBatchAt;
      const wait = Math.max(GATHER_MS, INTERVAL_MS - sinceLast);
      await sleep(wait, undefined, { signal });
    }
    return await this.#deliver(signal);
  }

  async #deliver(signal: AbortSignal): Promise<'more' | 'idle'> {
    const batch = await this.#spool.readBatch(this.#batchRecords);
    if (!batch) {
      return 'idle';
    }
    this.#lastBatchAt = performance.now();
    try {
      const answer = await this.#portal.call('POST', '/v1/ingest/events', {
        epoch: this.#spool.epoch,
        body: await compress(this.#refused.withhold(batch.body), {
          level: COMPRESSION_LEVEL,
        }),
        headers: {
          'content-type': 'application/x-ndjson',
          'content-encoding': 'gzip',
        },
        signal,
      });
      const { acknowledgedSequence } = acknowledgementSchema.parse(
        JSON.parse(answer.body.toString('utf8')),
      );
      if (acknowledgedSequence < batch.firstSequence) {
        throw new Error(
          `the portal acknowledged ${acknowledgedSequence}, and ${batch.firstSequence} is the next that the disk still has`,
        );
      }
      // Never more than was sent, whatever the portal says.
      this.#spool.acknowledge(
        Math.min(acknowledgedSequence, batch.lastSequence),
      );
      this.#refused.acknowledge(acknowledgedSequence);
      this.#lastSuccess = Date.now();
      this.#batchRecords = Math.min(MAX_BATCH_RECORDS, this.#batchRecords * 2);
      return 'more';
    } catch (error) {
      if (this.#refused.take(batch.body, error)) {
        this.#logger.error(
          { reason: (error as Error).message, file: this.#refused.file },
          'the portal refuses audit records for good; they are kept in the file',
        );
        return 'more';
      }
      if (error instanceof PortalError && error.statusCode === 413) {
        this.#batchRecords = Math.max(1, Math.floor(this.#batchRecords / 2));
      }
      throw error;
    }
  }
}
