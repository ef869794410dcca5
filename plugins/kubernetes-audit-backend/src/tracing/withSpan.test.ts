import { SpanStatusCode } from '@opentelemetry/api';
import { SpanCollector } from '../__testUtils__/SpanCollector';
import { inOwnTrace } from './inOwnTrace';
import { withSpan } from './withSpan';

class RowError extends Error {
  readonly name = 'RowError';
}

describe('withSpan', () => {
  it('does the work of a host that traces nothing', async () => {
    const page = withSpan(
      'events.list',
      { 'page.limit': 1 },
      async describeSpan => {
        describeSpan({ 'page.items': 1 });
        return 'page';
      },
    );
    await expect(page).resolves.toBe('page');
  });

  describe('of a host with tracing', () => {
    let collector: SpanCollector;

    beforeEach(() => {
      collector = SpanCollector.start();
    });
    afterEach(() => collector.stop());

    it('is below the span that is under way, and above those within', async () => {
      await collector.within(() =>
        withSpan('recordings.expire', {}, () =>
          withSpan('events.expire', {}, async () => {}),
        ),
      );
      const [inner, outer, host] = collector.spans;
      expect(inner).toMatchObject({
        name: 'kubernetes_audit.events.expire',
        parentId: outer.id,
      });
      expect(outer).toMatchObject({
        name: 'kubernetes_audit.recordings.expire',
        parentId: host.id,
      });
    });

    it('tells what is known at the beginning and what is found out', async () => {
      await withSpan('events.list', { 'page.limit': 50 }, async describeSpan =>
        describeSpan({ 'page.items': 7 }),
      );
      expect(collector.spans).toMatchObject([
        {
          attributes: {
            'kubernetes_audit.page.limit': 50,
            'kubernetes_audit.page.items': 7,
          },
          status: { code: SpanStatusCode.UNSET },
        },
      ]);
    });

    it('tells of an error which it is, and not what it says', async () => {
      const failed = withSpan('events.list', {}, async () => {
        throw new RowError("insert into events values ('jane')");
      });
      await expect(failed).rejects.toThrow('jane');
      const [{ attributes, status, events }] = collector.spans;
      expect(status).toEqual({ code: SpanStatusCode.ERROR });
      expect(attributes).toEqual({ 'error.type': 'RowError' });
      expect(events).toMatchObject([
        { name: 'exception', attributes: { 'exception.type': 'RowError' } },
      ]);
      expect(JSON.stringify(collector.spans)).not.toContain('jane');
    });

    it('begins a trace of its own for what goes on for others', async () => {
      await collector.within(() =>
        inOwnTrace(() => withSpan('recording.index', {}, async () => {})),
      );
      expect(collector.spans[0]).toMatchObject({
        name: 'kubernetes_audit.recording.index',
        parentId: undefined,
      });
    });
  });
});
