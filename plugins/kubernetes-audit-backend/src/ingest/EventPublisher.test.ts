import { mockServices } from '@backstage/backend-test-utils';
import type { StoredRequestAuditEvent } from 'backstage-plugin-kubernetes-audit-common';
import { spoolRecord } from '../__testUtils__/spoolRecord';
import { EventPublisher } from './EventPublisher';
import { EventsServiceSink } from './EventsServiceSink';

const event = (number: number): StoredRequestAuditEvent => ({
  ...spoolRecord(number),
  number,
  agentId: 'demo-proxy',
});

describe('EventPublisher', () => {
  it('gives each batch to each sink in order, whatever the other sinks do', async () => {
    const logger = mockServices.logger.mock();
    const seen: number[] = [];
    const publisher = EventPublisher.create({
      logger,
      sinks: [
        {
          name: 'broken',
          publish: () => {
            throw new Error('no');
          },
        },
        {
          name: 'slow',
          publish: async ([{ number }]) => {
            await new Promise(resolve => setImmediate(resolve));
            seen.push(number);
          },
        },
      ],
    });
    [1, 2, 3].forEach(n => publisher.publish([event(n)]));
    publisher.publish([]);
    await publisher.drain();
    expect(seen).toEqual([1, 2, 3]);
    expect(logger.error).toHaveBeenCalledTimes(3);
    expect(logger.error).toHaveBeenCalledWith(
      'The event sink broken failed and lost events',
      { events: 1, firstNumber: 1, lastNumber: 1, cause: 'Error: no' },
    );
  });

  it('neither waits for a sink that hangs nor keeps all events for it', async () => {
    jest.useFakeTimers();
    try {
      const logger = mockServices.logger.mock();
      let calls = 0;
      const publisher = EventPublisher.create({
        logger,
        sinks: [
          {
            name: 'hanging',
            publish: () => {
              calls++;
              return new Promise<void>(() => {});
            },
          },
        ],
      });
      for (let n = 1; n <= 66; n++) {
        publisher.publish([event(n)]);
      }
      expect(logger.error).toHaveBeenCalledTimes(2);
      expect(logger.error).toHaveBeenCalledWith(
        'The event sink hanging lags behind and lost events',
        expect.objectContaining({ firstNumber: 65 }),
      );
      await jest.advanceTimersByTimeAsync(60_000);
      expect(calls).toBe(3);
    } finally {
      jest.useRealTimers();
    }
  });

  it('publishes each event on the events topic', async () => {
    const events = mockServices.events.mock();
    await EventsServiceSink.create(events).publish([event(1), event(2)]);
    expect(events.publish.mock.calls).toEqual([
      [{ topic: 'kubernetes-audit.request', eventPayload: event(1) }],
      [{ topic: 'kubernetes-audit.request', eventPayload: event(2) }],
    ]);
  });
});
