import {
  createMockDirectory,
  mockServices,
} from '@backstage/backend-test-utils';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { MemoryBlobStore } from './__testUtils__/MemoryBlobStore';
import {
  frameOf,
  headerEvent,
  recordingHeader,
} from './__testUtils__/recordingChunk';
import { SpanCollector } from './__testUtils__/SpanCollector';
import { ndjson, spoolRecord } from './__testUtils__/spoolRecord';
import {
  agentHeaders,
  BASE,
  startPlugin,
  userHeaders,
} from './__testUtils__/startPlugin';
import { RecordingIndexer } from './recordings';
import { SPANS } from './tracing';

jest.setTimeout(60_000);

const DOCS = resolve(__dirname, '../../../docs/tracing.md');

describe('the spans of the plugin', () => {
  const directory = createMockDirectory();
  let collector: SpanCollector;

  beforeEach(() => {
    collector = SpanCollector.start();
  });
  afterEach(() => collector.stop());

  async function start(
    options: Partial<Parameters<typeof startPlugin>[0]> = {},
  ) {
    const { api, ...rest } = await startPlugin({
      recordings: directory.path,
      ...options,
    });
    return {
      ...rest,
      api,
      ingest: (...lines: Parameters<typeof ndjson>) =>
        api
          .post(`${BASE}/v1/ingest/events`)
          .set(agentHeaders())
          .type('text')
          .send(ndjson(...lines).toString()),
    };
  }

  it('tell of a batch whose it is and what became of it', async () => {
    const { ingest } = await start();
    await ingest(spoolRecord(1), spoolRecord(2), 'nonsense').expect(200);
    expect(collector.named('kubernetes_audit.events.ingest')).toMatchObject([
      {
        attributes: {
          'kubernetes_audit.agent.id': 'demo-proxy',
          'kubernetes_audit.batch.bytes': ndjson(
            spoolRecord(1),
            spoolRecord(2),
            'nonsense',
          ).length,
          'kubernetes_audit.batch.records': 3,
          'kubernetes_audit.batch.stored': 2,
          'kubernetes_audit.batch.refused': 1,
        },
      },
    ]);
  });

  it('tell of a batch that was refused why, by the kind of error', async () => {
    const { ingest } = await start();
    await ingest(spoolRecord(1, { clusterName: 'prod' })).expect(403);
    const [span] = collector.named('kubernetes_audit.events.ingest');
    expect(span.attributes).toMatchObject({
      'kubernetes_audit.batch.refused': 1,
      'error.type': 'NotAllowedError',
    });
    expect(span.events).toMatchObject([{ name: 'exception' }]);
  });

  it('tell of a page how large it is, and neither who asked nor for whom', async () => {
    const { api, ingest } = await start();
    await ingest(spoolRecord(1)).expect(200);
    const filter = JSON.stringify({ userName: 'guest' });
    for (const path of ['events', 'events/histogram']) {
      await api
        .get(`${BASE}/v1/${path}`)
        .query({ filter, search: 'gue', limit: 10 })
        .set(userHeaders())
        .expect(200);
    }
    const query = {
      'kubernetes_audit.query.filter': true,
      'kubernetes_audit.query.search': true,
    };
    expect(collector.named('kubernetes_audit.events.list')).toMatchObject([
      {
        attributes: {
          ...query,
          'kubernetes_audit.page.limit': 10,
          'kubernetes_audit.page.items': 1,
        },
      },
    ]);
    expect(collector.named('kubernetes_audit.events.count')).toMatchObject([
      { attributes: query },
    ]);
    expect(JSON.stringify(collector.spans)).not.toMatch(/gue|admin/);
  });

  it('tell of the chunk of a recording', async () => {
    const { api } = await start();
    const header = recordingHeader();
    const bytes = Buffer.from(frameOf(0, [headerEvent(header)]));
    await api
      .put(`${BASE}/v1/ingest/recordings/${header.id}/chunks/0`)
      .set(agentHeaders())
      .type('application/octet-stream')
      .send(bytes)
      .expect(200);
    expect(
      collector.named('kubernetes_audit.recording.store_chunk'),
    ).toMatchObject([
      {
        attributes: {
          'kubernetes_audit.agent.id': 'demo-proxy',
          'kubernetes_audit.recording.id': header.id,
          'kubernetes_audit.chunk.index': 0,
          'kubernetes_audit.chunk.bytes': bytes.length,
        },
      },
    ]);
  });

  it('put what is indexed in the background into traces of its own', async () => {
    const indexer = RecordingIndexer.create({
      store: { listChunks: async () => [], getProgress: async () => undefined },
      blobs: new MemoryBlobStore(),
      logger: mockServices.logger.mock(),
    });
    await collector.within(async () => {
      indexer.request('first');
      await indexer.settled();
      await indexer.index('second');
    });
    await indexer.stop();
    const [host] = collector.named('host');
    expect(collector.named('kubernetes_audit.recording.index')).toMatchObject([
      {
        parentId: undefined,
        attributes: {
          'kubernetes_audit.recording.id': 'first',
          'kubernetes_audit.index.result': 'unknown-recording',
        },
      },
      {
        parentId: host.id,
        attributes: { 'kubernetes_audit.recording.id': 'second' },
      },
    ]);
  });

  it('tell of the runs of the retention', async () => {
    await start({
      kubernetesAudit: { retention: { events: '30d', recordings: '30d' } },
      features: [
        mockServices.scheduler.factory({
          includeInitialDelayedTasksOnStartup: true,
        }),
      ],
    });
    expect(collector.named('kubernetes_audit.events.expire')).toHaveLength(1);
    expect(collector.named('kubernetes_audit.recordings.expire')).toHaveLength(
      1,
    );
    expect(collector.named('kubernetes_audit.recordings.sweep')).toMatchObject([
      {
        attributes: {
          'kubernetes_audit.orphans.removed': 0,
          'kubernetes_audit.orphans.failed': 0,
          'kubernetes_audit.orphans.unknown': 0,
        },
      },
    ]);
  });

  it('are those of docs/tracing.md, with their attributes', () => {
    const documented = Object.fromEntries(
      [
        ...readFileSync(DOCS, 'utf8').matchAll(
          /^\| `kubernetes_audit\.([\w.]+)` *\|[^|]*\|([^|]*)\|/gm,
        ),
      ].map(([, name, attributes]) => [
        name,
        [...attributes.matchAll(/`([\w.]+)`/g)].map(
          ([, attribute]) => attribute,
        ),
      ]),
    );
    expect(documented).toEqual(SPANS);
  });
});
