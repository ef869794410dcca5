import type {
  AuditorService,
  LoggerService,
} from '@backstage/backend-plugin-api';
import { toError } from '@backstage/errors';
import { DAY_MS, EventMaintenance, RollUp } from '../audit';
import type { DeadLetters } from '../ingest';
import { DescribeSpan, withSpan } from '../tracing';

/**
 * Deletes the events whose time is over, by whole days of UTC, and what was
 * kept aside before them; that it does is in the host's audit log.
 */
export class EventRetention {
  readonly #options: Parameters<typeof EventRetention.create>[0];

  static create(options: {
    rollUp: RollUp;
    maintenance: EventMaintenance;
    deadLetters: Pick<DeadLetters, 'countBefore' | 'removeBefore'>;
    auditor: AuditorService;
    logger: LoggerService;
    /** How long events are kept, in milliseconds; undefined means for ever. */
    keepMs: number | undefined;
    /** Milliseconds since 1970. */
    now: () => number;
  }): EventRetention {
    return new EventRetention(options);
  }

  private constructor(options: Parameters<typeof EventRetention.create>[0]) {
    this.#options = options;
  }

  async sweep(signal?: AbortSignal): Promise<void> {
    const { keepMs, now } = this.#options;
    if (keepMs !== undefined) {
      const firstDay = Math.floor((now() - keepMs) / DAY_MS);
      await withSpan('events.expire', {}, describe =>
        this.#removeBefore(firstDay, describe, signal),
      );
    }
  }

  async #removeBefore(
    firstDay: number,
    describe: DescribeSpan<'events.expire'>,
    signal?: AbortSignal,
  ): Promise<void> {
    const { rollUp, maintenance, deadLetters } = this.#options;
    const before = firstDay * DAY_MS;
    const due = await rollUp.countBefore(before);
    if (due === 0) {
      // What an interrupted run has left is no more shown, and was audited.
      await maintenance.removeBefore(firstDay, signal);
    } else {
      const isDone = await this.#audited(
        'event-delete',
        before,
        due,
        async () => {
          // First, since nothing is found that the roll-up does not know of.
          await rollUp.forgetBefore(before);
          await maintenance.removeBefore(firstDay, signal);
        },
      );
      describe(isDone ? { 'expired.count': due } : { 'expired.failed': due });
    }
    const letters = await deadLetters.countBefore(before);
    if (letters > 0) {
      await this.#audited('dead-letter-delete', before, letters, () =>
        deadLetters.removeBefore(before),
      );
    }
  }

  async #audited(
    eventId: string,
    before: number,
    count: number,
    remove: () => Promise<void>,
  ): Promise<boolean> {
    const { auditor, logger } = this.#options;
    const event = await auditor.createEvent({
      eventId,
      severityLevel: 'high',
      meta: {
        before: new Date(before).toISOString(),
        count,
        reason: 'retention',
      },
    });
    try {
      await remove();
      await event.success();
      return true;
    } catch (error) {
      logger.error('Old audit events could not be deleted', toError(error));
      await event.fail({ error: toError(error) });
      return false;
    }
  }
}
