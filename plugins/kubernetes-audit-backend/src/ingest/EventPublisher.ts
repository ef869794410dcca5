import type { LoggerService } from '@backstage/backend-plugin-api';
import type { EventSink } from 'backstage-plugin-kubernetes-audit-node';
import type { StoredRequestAuditEvent } from 'backstage-plugin-kubernetes-audit-common';
import { SinkQueue } from './SinkQueue';

/** Gives stored events to the sinks; nothing that a sink does reaches the caller. */
export class EventPublisher {
  readonly #queues: readonly SinkQueue[];

  static create(options: {
    sinks: readonly EventSink[];
    logger: LoggerService;
  }): EventPublisher {
    return new EventPublisher(
      options.sinks.map(sink => SinkQueue.create(sink, options.logger)),
    );
  }

  private constructor(queues: readonly SinkQueue[]) {
    this.#queues = queues;
  }

  /** Returns at once. */
  publish(events: readonly StoredRequestAuditEvent[]): void {
    if (events.length > 0) {
      this.#queues.forEach(queue => queue.push(events));
    }
  }

  /** Resolves when all that was published has been given to the sinks, or given up. */
  async drain(): Promise<void> {
    await Promise.all(this.#queues.map(queue => queue.drain()));
  }
}
