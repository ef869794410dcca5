import type { EventsService } from '@backstage/plugin-events-node';
import type { EventSink } from 'backstage-plugin-kubernetes-audit-node';
import {
  REQUEST_EVENTS_TOPIC,
  StoredRequestAuditEvent,
} from 'backstage-plugin-kubernetes-audit-common';

/** Publishes each event on the host's events topic. */
export class EventsServiceSink implements EventSink {
  readonly name = 'Backstage events';

  static create(events: EventsService): EventsServiceSink {
    return new EventsServiceSink(events);
  }

  private constructor(private readonly events: EventsService) {}

  async publish(events: readonly StoredRequestAuditEvent[]): Promise<void> {
    for (const event of events) {
      await this.events.publish({
        topic: REQUEST_EVENTS_TOPIC,
        eventPayload: event,
      });
    }
  }
}
