import { createBackendModule } from '@backstage/backend-plugin-api';
import { TestDatabases } from '@backstage/backend-test-utils';
import {
  encodeFrame,
  MAX_FRAME_BODY_BYTES,
} from 'backstage-plugin-kubernetes-audit-common';
import { kubernetesAuditBlobStoreExtensionPoint } from 'backstage-plugin-kubernetes-audit-node';
import { zstdCompressSync } from 'node:zlib';
import { MemoryBlobStore } from '../__testUtils__/MemoryBlobStore';
import {
  frameOf,
  headerEvent,
  recordingEvent,
  recordingHeader,
} from '../__testUtils__/recordingChunk';
import {
  agentHeaders,
  BASE,
  startPlugin,
  userHeaders,
} from '../__testUtils__/startPlugin';

jest.setTimeout(60_000);

const URL = `${BASE}/v1/recordings`;
const INGEST = `${BASE}/v1/ingest/recordings`;
const ID = '019aa000-0000-7000-9000-000000000001';
/** The last microsecond that a number tells. */
const END_OF_TIME = Number.MAX_SAFE_INTEGER;

const completion = {
  status: 'complete',
  endedAt: '2026-11-22T01:50:00.000Z',
  durationMs: 139_000,
  exitCode: 0,
  chunkCount: 1,
};

describe('hostile recordings', () => {
  const databases = TestDatabases.create({ ids: ['POSTGRES_18', 'SQLITE_3'] });

  describe.each(databases.eachSupportedId())('on %p', databaseId => {
    let stop: () => Promise<void>;
    afterEach(async () => await stop?.());

    async function start() {
      const blobs = new MemoryBlobStore();
      const module = createBackendModule({
        pluginId: 'kubernetes-audit',
        moduleId: 'test-blob-store',
        register: env =>
          env.registerInit({
            deps: { point: kubernetesAuditBlobStoreExtensionPoint },
            init: async ({ point }) => point.setBlobStore(blobs),
          }),
      });
      const backend = await startPlugin({
        recordings: '/nowhere',
        knex: await databases.init(databaseId),
        features: [module],
      });
      stop = backend.stop;
      const { api } = backend;
      return {
        ...backend,
        blobs,
        put: (index: number | string, bytes: Uint8Array, id = ID) =>
          api
            .put(`${INGEST}/${id}/chunks/${index}`)
            .set(agentHeaders())
            .type('application/octet-stream')
            .send(Buffer.from(bytes)),
        complete: (body: object, id = ID) =>
          api.post(`${INGEST}/${id}/complete`).set(agentHeaders()).send(body),
        get: (path: string) => api.get(`${URL}${path}`).set(userHeaders()),
      };
    }

    const first = (...more: Parameters<typeof recordingEvent>[]) =>
      frameOf(0, [
        headerEvent(recordingHeader({ id: ID })),
        ...more.map(event => recordingEvent(...event)),
      ]);

    it('that say of themselves what no text may hold are listed and opened all the same', async () => {
      const { put, get } = await start();
      const texts = ['\0', '\ud800', '\u202e\u2066', '\x1b]52;c;eA==\x07'];
      for (const [at, text] of texts.entries()) {
        const id = ID.replace(/1$/, `${at + 1}`);
        const header = recordingHeader({
          id,
          name: `${text}../../${text}`,
          userName: text,
          clientName: text,
          podName: text,
          command: [text, ''],
        });
        await put(0, frameOf(0, [headerEvent(header)]), id).expect(200);
        const opened = await get(`/${id}`).expect(200);
        expect(opened.body.podName).toBe(text);
        const file = await get(`/${id}/download`).expect(200);
        expect(file.get('content-disposition')).toMatch(
          /^attachment; filename="[A-Za-z0-9._-]+"$/,
        );
        await get(`?search=${encodeURIComponent('\0')}`).expect(400);
      }
      const bad = Buffer.from('{"id":"\xff\xfe"}', 'latin1');
      const id = ID.replace(/1$/, '9');
      await put(0, frameOf(0, [recordingEvent('header', 0, bad)]), id).expect(
        400,
      );
      const { body } = await get('').expect(200);
      expect(body.items).toHaveLength(texts.length);
    });

    it('whose times go back and jump to the end of time have every view', async () => {
      const { put, complete, get } = await start();
      const chunks = [
        first(['output', 5_000_000, 'late\r\n']),
        frameOf(1, [recordingEvent('output', 1000, 'before\r\n')]),
        frameOf(2, [
          recordingEvent('output', 10 ** 15, 'jump\r\n'),
          recordingEvent('marker', END_OF_TIME, Buffer.of(0xff, 0xc0)),
        ]),
        frameOf(3, [
          recordingEvent('output', 2000, Buffer.of(0xe2, 0x82)),
          recordingEvent('input', 3000, Buffer.of(0xff)),
          recordingEvent('resize', 4000, '0x0'),
          recordingEvent('resize', 5000, '65535x65535'),
          recordingEvent('resize', 6000, Buffer.of(0xff, 0x78, 0xff)),
          recordingEvent('output', 7000, 'last'),
        ]),
      ];
      for (const [index, chunk] of chunks.entries()) {
        await put(index, chunk).expect(200);
      }
      await complete({
        ...completion,
        chunkCount: chunks.length,
        durationMs: END_OF_TIME,
        exitCode: -END_OF_TIME,
      }).expect(200);
      // It is indexed in the background.
      let timeline;
      do {
        timeline = await get(`/${ID}/timeline`);
      } while (timeline.status === 404);
      expect(timeline.status).toBe(200);
      expect(timeline.body).toMatchObject({ isComplete: true });
      expect(timeline.body.lastTime).toBe(END_OF_TIME);
      for (const time of [0, 1, 2000, 10 ** 15, END_OF_TIME]) {
        await get(`/${ID}/moment?t=${time}`).expect(200);
        await get(`/${ID}/opening?t=${time}`).expect(200);
      }
      const { body: text } = await get(`/${ID}/text`).expect(200);
      expect(text.items.map((line: { text: string }) => line.text)).toEqual(
        expect.arrayContaining(['late', 'before', 'jump']),
      );
      await get(`/${ID}/text?cursor=NaN`).expect(400);
      const { body: segments } = await get(`/${ID}/segments`).expect(200);
      expect(segments).toBeDefined();
      for (const format of ['v2', 'v3', 'text']) {
        const { body } = await get(`/${ID}/download?format=${format}`)
          .responseType('blob')
          .expect(200);
        const [, ...lines] = String(body).trimEnd().split('\n');
        const times =
          format === 'text' ? [] : lines.map(line => JSON.parse(line)[0]);
        expect(times.filter(time => !(time >= 0))).toEqual([]);
      }
    });

    it.each(['NaN', '-1', '1e400', 'x', '0&t=1', '9007199254740993'])(
      'are asked for the moment %j in vain',
      async time => {
        const { put, get } = await start();
        await put(0, first()).expect(200);
        const moment = await get(`/${ID}/moment?t=${time}`);
        const opening = await get(`/${ID}/opening?t=${time}`);
        expect([moment.status, opening.status]).toEqual([400, 400]);
      },
    );

    it('have no id or index that leads out of their place', async () => {
      const { api, put, complete, get, blobs } = await start();
      await put(0, first()).expect(200);
      const stored = [...blobs.blobs.keys()];
      const paths = [
        '..',
        '%2e%2e',
        '..%2f..%2fetc%2fpasswd',
        `${ID}%2f..%2fx`,
        '%00',
        '%ff',
        `${ID}%00`,
        ` ${ID}`,
        `{${ID}}`,
        'a'.repeat(5000),
      ];
      const statuses = new Set<number>();
      const note = async (answer: PromiseLike<{ status: number }>) => {
        statuses.add((await answer).status);
      };
      for (const id of paths) {
        await note(put(0, first(), id));
        await note(complete(completion, id));
        for (const view of [
          '',
          '/chunks/0',
          '/opening?t=0',
          '/moment?t=0',
          '/timeline',
          '/text',
          '/segments',
          '/segments/0',
          '/download',
        ]) {
          await note(get(`/${id}${view}`));
        }
        const owner = { ...userHeaders() };
        const hold = `${URL}/${id}/legal-hold`;
        await note(api.put(hold).set(owner).send({ reason: 'x' }));
        await note(api.delete(hold).set(owner));
        await note(
          api
            .post(`${URL}/${id}/export`)
            .set(owner)
            .send({ password: 'correct horse battery', format: 'v2' }),
        );
      }
      for (const index of [
        '-1',
        '1e3',
        '..%2f0',
        '99999999999',
        'NaN',
        '0x0',
      ]) {
        await note(put(index, first()));
        await note(get(`/${ID}/chunks/${index}`));
        await note(get(`/${ID}/segments/${index}`));
      }
      expect(
        [...statuses].filter(status => status < 400 || status > 499),
      ).toEqual([]);
      expect([...blobs.blobs.keys()]).toEqual(stored);
    });

    it('end with totals that are theirs, and once', async () => {
      const { put, complete, get } = await start();
      await put(0, first()).expect(200);
      for (const [change, status] of [
        [{ chunkCount: 2 ** 31 }, 409],
        [{ chunkCount: END_OF_TIME }, 409],
        [{ chunkCount: 0 }, 409],
        [{ chunkCount: 1e300 }, 400],
        [{ chunkCount: -1 }, 400],
        [{ durationMs: -1 }, 400],
        [{ durationMs: 1e300 }, 400],
        [{ exitCode: 0.5 }, 400],
        [{ endedAt: 'never' }, 400],
        [{ status: 'recording' }, 400],
        [{ statusReason: 'x'.repeat(5000) }, 400],
      ] as const) {
        const answer = await complete({ ...completion, ...change });
        expect([change, answer.status]).toEqual([change, status]);
      }
      const ends = [0, 1, 0, 1].map(exitCode => ({ ...completion, exitCode }));
      const answers = await Promise.all(ends.map(end => complete(end)));
      const { body } = await get(`/${ID}`).expect(200);
      expect(answers.map(({ status }) => status)).toEqual(
        ends.map(({ exitCode }) => (exitCode === body.exitCode ? 200 : 409)),
      );
    });

    it('that come over several connections at once are one recording', async () => {
      const { put, get, blobs } = await start();
      const rivals = Array.from({ length: 6 }, (_, at) =>
        first(['output', 1000, `${at % 3}`]),
      );
      const begun = await Promise.all(rivals.map(chunk => put(0, chunk)));
      const { body: stored } = await get(`/${ID}/chunks/0`).responseType(
        'blob',
      );
      const isStored = (at: number) =>
        stored.includes(Buffer.from(`${at % 3}`, 'latin1'), stored.length - 1);
      expect(begun.map(({ status }) => status)).toEqual(
        rivals.map((_, at) => (isStored(at) ? 200 : 409)),
      );
      // Out of order, and each twice.
      const order = [3, 1, 2, 3, 2, 1];
      const chunkAt = (index: number) =>
        frameOf(index, [recordingEvent('output', 1000 * index, `${index}`)]);
      for (let round = 0; round < 3; round++) {
        await Promise.all(order.map(index => put(index, chunkAt(index))));
      }
      const { body } = await get(`/${ID}`).expect(200);
      expect(body.chunks.map(({ index }: { index: number }) => index)).toEqual([
        0, 1, 2, 3,
      ]);
      for (const index of [1, 2, 3]) {
        await get(`/${ID}/chunks/${index}`).expect(200);
      }
      expect(blobs.blobs.size).toBeGreaterThanOrEqual(4);
    });

    it('that unfold to gigabytes are refused, and nothing of them is kept', async () => {
      const { put, blobs } = await start();
      const bomb = zstdCompressSync(Buffer.alloc(1024 * 1024 * 1024));
      expect(bomb.length).toBeLessThan(256 * 1024);
      const frame = (uncompressedBytes: number, sequence = 0) =>
        encodeFrame(bomb, {
          compression: 'zstd',
          last: false,
          sequence,
          uncompressedBytes,
          eventCount: 1,
          firstTime: 0,
          lastTime: 0,
        });
      const many = Array.from({ length: 9 }, (_, at) =>
        frame(MAX_FRAME_BODY_BYTES, at),
      );
      for (const bytes of [
        frame(0),
        frame(MAX_FRAME_BODY_BYTES),
        frame(1024 * 1024 * 1024),
        Buffer.concat([first(), frame(100, 1)]),
        Buffer.concat(many),
      ]) {
        await put(0, bytes).expect(400);
      }
      expect(blobs.blobs.size).toBe(0);
    });
  });
});
