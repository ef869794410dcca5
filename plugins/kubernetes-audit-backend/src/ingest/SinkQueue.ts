import type { LoggerService } from '@backstage/backend-plugin-api';
import type { EventSink } from 'backstage-plugin-kubernetes-audit-node';
import type { StoredRequestAuditEvent } from 'backstage-plugin-kubernetes-audit-common';

/** Batches that may wait for a slow sink. */
const MAX_WAITING_BATCHES = 64;
/** A sink that has not settled after so long is not waited for, in milliseconds. */
const SINK_TIMEOUT_MS = 30_000;

/** One batch at a time to one sink, in order. */
export class SinkQueue {
  #waiting = 0;
  #tail: Promise<void> = Promise.resolve();

  static create(sink: EventSink, logger: LoggerService): SinkQueue {
    return new SinkQueue(sink, logger);
  }

  private constructor(
    private readonly sink: EventSink,
    private readonly logger: LoggerService,
  ) {}

  push(events: readonly StoredRequestAuditEvent[]): void {
    if (this.#waiting >= MAX_WAITING_BATCHES) {
      this.#warn('lags behind and lost events', events);
      return;
    }
    this.#waiting++;
    this.#tail = this.#tail.then(async () => {
      try {
        await withTimeout(this.sink.publish(events), SINK_TIMEOUT_MS);
      } catch (error) {
        this.#warn('failed and lost events', events, error);
      }
      this.#waiting--;
    });
  }

  async drain(): Promise<void> {
    await this.#tail;
  }

  #warn(
    what: string,
    events: readonly StoredRequestAuditEvent[],
    cause?: unknown,
  ): void {
    this.logger.error(`The event sink ${this.sink.name} ${what}`, {
      events: events.length,
      firstNumber: events[0].number,
      lastNumber: events[events.length - 1].number,
      ...(cause !== undefined && { cause: String(cause) }),
    });
  }
}

async function withTimeout(
  promise: Promise<void>,
  milliseconds: number,
): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new Error(`no answer after ${milliseconds} ms`)),
      milliseconds,
    );
  });
  try {
    await Promise.race([promise, timeout]);
  } finally {
    clearTimeout(timer);
  }
}
