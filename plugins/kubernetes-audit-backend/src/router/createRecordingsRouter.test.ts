import {
  createMockDirectory,
  TestDatabases,
} from '@backstage/backend-test-utils';
import { TextWriter, Uint8ArrayReader, ZipReader } from '@zip.js/zip.js';
import {
  decodeFrame,
  decodeFrameHeader,
  decodeFrames,
  decodeRecordingEvents,
  decodeRecordingMoment,
  FrameError,
} from 'backstage-plugin-kubernetes-audit-common';
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
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
const header = recordingHeader({ name: 'jürgen/../x_20261122T014741Z' });
const { id } = header;
const euro = Buffer.from('€');
const chunks = [
  frameOf(0, [
    headerEvent(header),
    recordingEvent('output', 1000, 'hello\r\n'),
    recordingEvent('output', 2000, euro.subarray(0, 2)),
  ]),
  Buffer.concat([
    frameOf(1, [recordingEvent('output', 3000, euro.subarray(2))], 'gzip'),
    frameOf(2, [recordingEvent('exit', 4000, '{"exitCode":0}')], 'none'),
  ]),
];
const completion = {
  status: 'complete',
  endReason: 'the command ended',
  endedAt: '2026-11-22T01:50:00.000Z',
  durationMs: 139_000,
  exitCode: 0,
  chunkCount: 2,
};

describe('recordings', () => {
  const databases = TestDatabases.create({ ids: ['POSTGRES_18', 'SQLITE_3'] });
  const directory = createMockDirectory();
  beforeEach(() => directory.clear());

  type Backend = Awaited<ReturnType<typeof startPlugin>>;
  const putChunk = (
    { api }: Backend,
    index: number | string,
    bytes: Uint8Array,
  ) =>
    api
      .put(`${INGEST}/${id}/chunks/${index}`)
      .set(agentHeaders())
      .type('application/octet-stream')
      .send(Buffer.from(bytes));
  const complete = ({ api }: Backend, body: object = completion) =>
    api.post(`${INGEST}/${id}/complete`).set(agentHeaders()).send(body);

  async function start(
    options: Partial<Parameters<typeof startPlugin>[0]> = {},
  ) {
    const backend = await startPlugin({
      recordings: directory.path,
      ...options,
    });
    await putChunk(backend, 0, chunks[0]).expect(200);
    await putChunk(backend, 1, chunks[1]).expect(200);
    await complete(backend).expect(200);
    return backend;
  }

  it.each(databases.eachSupportedId())(
    'come in by an agent and out to an administrator, %p',
    async databaseId => {
      const { api } = await start({ knex: await databases.init(databaseId) });
      const get = (path: string) => api.get(path).set(userHeaders());

      const list = await get(URL).query({
        search: 'kubectl',
        filter: '{"podName":"SHELL","startedAt":{"$gte":"2026-11-22"}}',
      });
      expect(list.body).toEqual({
        items: [
          {
            ...header,
            number: 1,
            agentId: 'demo-proxy',
            status: 'complete',
            endReason: completion.endReason,
            endedAt: completion.endedAt,
            durationMs: 139_000,
            exitCode: 0,
            sizeBytes: expect.any(Number),
          },
        ],
        totalItems: 1,
      });

      const detail = await get(`${URL}/${id}`);
      expect(detail.body).toMatchObject({
        id,
        maxPlaybackSize: 734_003_200,
        chunks: [{ index: 0 }, { index: 1, firstTime: 3000, lastTime: 4000 }],
      });

      const frames = [];
      for (const { index, sizeBytes } of detail.body.chunks) {
        const chunk = await get(`${URL}/${id}/chunks/${index}`).responseType(
          'blob',
        );
        expect(chunk.body).toHaveLength(sizeBytes);
        frames.push(...decodeFrames(chunk.body));
      }
      expect(frames.map(frame => frame.header.compression)).toEqual([
        'none',
        'none',
        'none',
      ]);
      expect(
        frames
          .flatMap(frame =>
            decodeRecordingEvents(frame.body, frame.header.firstTime),
          )
          .map(event => event.type),
      ).toEqual(['header', 'output', 'output', 'output', 'exit']);

      const download = await get(`${URL}/${id}/download`).responseType('blob');
      expect(download.headers).toMatchObject({
        'content-type': 'application/x-asciicast',
        'content-disposition':
          'attachment; filename="j_rgen_.._x_20261122T014741Z.cast"',
      });
      expect(download.body).toHaveLength(list.body.items[0].sizeBytes);
      expect(download.body.toString()).toContain('"o", "€"]\n');
    },
  );

  it('come as gzip or as they are, by what the client accepts', async () => {
    const { server } = await start();
    const { port } = server.address() as { port: number };
    const fetchChunk = async (accept: string) => {
      const answer = await fetch(
        `http://127.0.0.1:${port}${URL}/${id}/chunks/0`,
        { headers: { ...userHeaders(), 'accept-encoding': accept } },
      );
      // fetch undoes the compression, so the length tells.
      return {
        encoding: answer.headers.get('content-encoding'),
        length: Number(answer.headers.get('content-length')),
        vary: answer.headers.get('vary'),
        status: answer.status,
        body: Buffer.from(await answer.arrayBuffer()),
      };
    };
    const plain = await fetchChunk('identity');
    expect(plain).toMatchObject({
      encoding: null,
      status: 200,
      vary: expect.stringContaining('Accept-Encoding'),
    });
    expect(plain.length).toBe(plain.body.length);
    const compressed = await fetchChunk('br, gzip');
    expect(compressed).toMatchObject({
      encoding: 'gzip',
      vary: expect.stringContaining('Accept-Encoding'),
    });
    expect(compressed.length).not.toBe(compressed.body.length);
    expect(compressed.body).toEqual(plain.body);
    expect((await fetchChunk('gzip;q=0')).encoding).toBeNull();
    expect((await fetchChunk('gzip;q=0, identity;q=0')).status).toBe(406);
  });

  it('are downloaded as asciicast v3 and as text', async () => {
    const { api } = await start();
    const download = (format: string) =>
      api
        .get(`${URL}/${id}/download`)
        .query({ format })
        .set(userHeaders())
        .responseType('blob');
    const v3 = await download('v3');
    expect(JSON.parse(v3.body.toString().split('\n')[0]).version).toBe(3);
    const text = await download('text');
    expect(text.body.toString()).toBe('hello\n€');
    expect(text.headers['content-disposition']).toMatch(/\.txt"$/);
    expect((await download('v9')).status).toBe(400);
  });

  it('leave the portal only encrypted where that is required', async () => {
    const { api } = await start({
      kubernetesAudit: {
        recordings: { path: directory.path, maxPlaybackSize: 'unlimited' },
        export: { encryption: 'required' },
      },
    });
    const answer = await api.get(`${URL}/${id}/download`).set(userHeaders());
    expect(answer.status).toBe(403);
    expect(answer.body.error.message).toContain('/export');
    const detail = await api.get(`${URL}/${id}`).set(userHeaders());
    expect(detail.status).toBe(200);
    expect(detail.body).not.toHaveProperty('maxPlaybackSize');
  });

  describe('are exported', () => {
    const password = 'correct horse battery stäple';
    const exportIt = (backend: Backend, body: object) =>
      backend.api
        .post(`${URL}/${id}/export`)
        .set(userHeaders())
        .send(body)
        .responseType('blob');

    async function unzip(archive: Uint8Array, withPassword: string) {
      const reader = new ZipReader(new Uint8ArrayReader(archive));
      const [entry, ...others] = await reader.getEntries();
      expect(others).toEqual([]);
      if (entry.directory) {
        throw new Error('expected a file');
      }
      const content = await entry.getData(new TextWriter(), {
        password: withPassword,
      });
      return { name: entry.filename, content, encrypted: entry.encrypted };
    }

    it('as an archive that needs the password', async () => {
      const backend = await start();
      const answer = await exportIt(backend, { password });
      expect(answer.status).toBe(200);
      expect(answer.headers).toMatchObject({
        'content-type': 'application/zip',
        'content-disposition':
          'attachment; filename="j_rgen_.._x_20261122T014741Z.cast.zip"',
        'cache-control': 'no-store',
      });
      const plain = await backend.api
        .get(`${URL}/${id}/download`)
        .set(userHeaders())
        .responseType('blob');
      expect(await unzip(answer.body, password)).toEqual({
        name: 'j_rgen_.._x_20261122T014741Z.cast',
        content: plain.body.toString(),
        encrypted: true,
      });
      await expect(unzip(answer.body, 'another password')).rejects.toThrow(
        'Invalid password',
      );
    });

    const sevenZip = spawnSync('7z', ['i']).status === 0;
    // Left out where 7-Zip is not installed.
    if (sevenZip) {
      it('as an archive that 7-Zip opens', async () => {
        const answer = await exportIt(await start(), {
          password,
          format: 'text',
        });
        const file = directory.resolve('export.zip');
        writeFileSync(file, answer.body);
        const extract = (withPassword: string) =>
          spawnSync('7z', ['x', '-so', `-p${withPassword}`, file]);
        expect(extract(password).stdout.toString()).toBe('hello\n€');
        expect(extract('another password').stdout.toString()).toBe('');
        expect(spawnSync('7z', ['l', '-slt', file]).stdout.toString()).toMatch(
          /AES-256/,
        );
      });
    }

    it('with a password that is not in the audit log', async () => {
      const backend = await start();
      await exportIt(backend, { password });
      await exportIt(backend, { password: 'short' });
      expect(backend.audited).toMatchObject([
        { eventId: 'recording-export', status: 'succeeded', meta: { id } },
        { eventId: 'recording-export', status: 'failed' },
      ]);
      const log = backend.audited.map(({ meta, error }) => [
        JSON.stringify(meta),
        String(error),
      ]);
      expect(`${log}`).not.toContain(password);
      expect(`${log}`).not.toContain('"short"');
    });

    it('not with a short password, not unencrypted, not by others', async () => {
      const backend = await start();
      expect((await exportIt(backend, { password: 'short' })).status).toBe(400);
      const weak = await exportIt(backend, { password: 'password' });
      expect(weak.status).toBe(400);
      // Answers are read as bytes here.
      expect(`${weak.body}`).toContain('it needs at least 12 characters');
      expect((await exportIt(backend, {})).status).toBe(400);
      const byOther = backend.api
        .post(`${URL}/${id}/export`)
        .set(userHeaders('jane'))
        .send({ password });
      expect((await byOther).status).toBe(403);
      const off = await start({
        kubernetesAudit: {
          recordings: { path: directory.path },
          export: { encryption: 'off' },
        },
      });
      expect((await exportIt(off, { password })).status).toBe(403);
    });

    it('never as half an archive when a part of them is lost', async () => {
      const backend = await start();
      directory.clear();
      await expect(exportIt(backend, { password })).rejects.toThrow();
    });
  });

  it('play and leave without what was damaged on the disk', async () => {
    const { api } = await start();
    const get = (path: string) =>
      api.get(`${URL}/${id}${path}`).set(userHeaders()).responseType('blob');
    damageLastByte(directory.resolve('recordings'), chunks[1]);

    const { body: chunk } = await get('/chunks/1').expect(200);
    const sound = decodeFrame(chunk);
    expect(sound?.header).toMatchObject({ sequence: 1, compression: 'none' });
    const rest = chunk.subarray(sound?.totalBytes);
    expect(decodeFrameHeader(rest)).toMatchObject({
      sequence: 2,
      firstTime: 4000,
      lastTime: 4000,
    });
    expect(() => decodeFrame(rest)).toThrow(FrameError);

    const download = await get('/download').expect(200);
    const [, ...lines] = String(download.body).trimEnd().split('\n');
    expect(lines.map(line => JSON.parse(line))).toEqual([
      [0.001, 'o', 'hello\r\n'],
      [0.003, 'o', '€'],
      [
        0.004,
        'm',
        expect.stringMatching(/^\d+ damaged bytes of the recording/),
      ],
    ]);
  });

  // Left out where asciinema is not installed; it wants a terminal.
  if (spawnSync('asciinema', ['--version']).status === 0) {
    it('are downloaded as what asciinema plays', async () => {
      const { api } = await start();
      const { body } = await api
        .get(`${URL}/${id}/download`)
        .set(userHeaders())
        .responseType('blob');
      const file = directory.resolve('download.cast');
      writeFileSync(file, body);
      const { stdout, status } = spawnSync(
        'script',
        [
          '--quiet',
          '--return',
          '--command',
          `asciinema play ${file}`,
          '/dev/null',
        ],
        { env: { ...process.env, HOME: directory.path, LC_ALL: 'C.UTF-8' } },
      );
      expect(stdout.toString()).toContain('hello\r\n€');
      expect(status).toBe(0);
    });
  }

  it('leave without a later part that is lost, and say so', async () => {
    const { api } = await start();
    rmSync(fileThatHolds(directory.resolve('recordings'), chunks[1]));
    const { body } = await api
      .get(`${URL}/${id}/download`)
      .set(userHeaders())
      .responseType('blob')
      .expect(200);
    const [, ...lines] = String(body).trimEnd().split('\n');
    expect(lines.map(line => JSON.parse(line))).toEqual([
      [0.001, 'o', 'hello\r\n'],
      [0.003, 'm', 'the recording is lost from 0.0 s to 0.0 s'],
    ]);
  });

  it('have a timeline and text when they are indexed', async () => {
    const { api, audited } = await start();
    const get = (path: string) =>
      api.get(`${URL}/${id}${path}`).set(userHeaders());
    let timeline = await get('/timeline');
    while (timeline.status === 404) {
      await new Promise(resolve => setTimeout(resolve, 20));
      timeline = await get('/timeline');
    }
    expect(timeline.body).toMatchObject({
      lastTime: 4000,
      isComplete: true,
      idle: [],
      markers: [],
    });
    expect(timeline.body.activity.buckets.length).toBeGreaterThan(0);

    expect((await get('/text?search=HELLO')).body).toEqual({
      items: [{ time: expect.any(Number), text: 'hello' }],
      isTruncated: false,
    });
    const { body: first } = await get('/text?limit=1');
    expect(first).toMatchObject({
      items: [{ text: 'hello' }],
      isTruncated: true,
    });
    const { body: second } = await get(
      `/text?limit=1&cursor=${first.nextCursor}`,
    );
    expect(second).toEqual({
      items: [{ time: expect.any(Number), text: '€' }],
      isTruncated: false,
    });
    expect((await get('/text?search=nothing')).body.items).toEqual([]);
    // All of it is one playback, which the first question began.
    expect(
      audited.filter(({ status }) => status === 'succeeded'),
    ).toMatchObject([{ eventId: 'recording-play' }]);
  });

  it('have an empty timeline while their session runs and nothing is known of it', async () => {
    const backend = await startPlugin({ recordings: directory.path });
    await putChunk(backend, 0, chunks[0]);
    const timeline = await backend.api
      .get(`${URL}/${id}/timeline`)
      .set(userHeaders());
    expect(timeline.status).toBe(200);
    expect(timeline.body).toMatchObject({
      lastTime: 0,
      isComplete: false,
      activity: { buckets: [] },
      idle: [],
      markers: [],
    });
  });

  it('are opened with what shows them at a moment', async () => {
    const { api, audited } = await start();
    const get = (path: string) =>
      api.get(`${URL}/${id}${path}`).set(userHeaders());
    const open = async (path: string) =>
      decodeRecordingMoment((await get(path).expect(200)).body);
    const detail = (await api.get(`${URL}/${id}`).set(userHeaders())).body;
    let indexed = await get('/timeline');
    while (indexed.status === 404) {
      await new Promise(resolve => setTimeout(resolve, 20));
      indexed = await get('/timeline');
    }

    const atStart = await open('/opening?t=0');
    expect(atStart.recording).toEqual(detail);
    expect(atStart.moment.keyframe).toBeUndefined();
    expect(atStart.moment.chunks.map(({ index }) => index)).toEqual([0]);
    const [event] = decodeFrames(atStart.moment.chunks[0].bytes);
    expect(decodeRecordingEvents(event.body, 0)[1]).toMatchObject({
      type: 'output',
      time: 1000,
    });

    const before = await open('/moment?t=3500');
    expect(before.recording).toBeUndefined();
    expect(before.moment.chunks.map(({ index }) => index)).toEqual([0, 1]);

    const { moment } = await open('/opening?t=999999');
    expect(moment.keyframe).toMatchObject({ columns: 80, rows: 24 });
    expect(Buffer.from(moment.keyframe?.payload ?? []).toString()).toContain(
      'hello',
    );
    // It is of the recording's end: nothing is to be played after it.
    expect(moment.chunks).toEqual([]);

    await get('/opening').expect(400);
    await get('/moment?t=-1').expect(400);
    // Each opening is a playback; what is asked for meanwhile is part of it.
    expect(
      audited.filter(({ status }) => status === 'succeeded'),
    ).toMatchObject(Array(3).fill({ eventId: 'recording-play' }));
  });

  it('are opened from the start while they are not indexed', async () => {
    const backend = await startPlugin({ recordings: directory.path });
    await putChunk(backend, 0, chunks[0]).expect(200);
    const { body } = await backend.api
      .get(`${URL}/${id}/opening?t=999999`)
      .set(userHeaders());
    const { recording, moment } = decodeRecordingMoment(body);
    expect(recording?.status).toBe('recording');
    expect(moment.keyframe).toBeUndefined();
    expect(moment.chunks.map(({ index }) => index)).toEqual([0]);
    await backend.api
      .get(`${URL}/${id}/moment?t=0`)
      .set(userHeaders())
      .expect(404);
  });

  it('are opened without anything to play when they are too large', async () => {
    const { api } = await start({
      kubernetesAudit: {
        recordings: { path: directory.path, maxPlaybackSize: 1 },
      },
    });
    const { body } = await api
      .get(`${URL}/${id}/opening?t=0`)
      .set(userHeaders());
    const { recording, moment } = decodeRecordingMoment(body);
    expect(recording).toMatchObject({ id, maxPlaybackSize: 1, chunks: [] });
    expect(moment).toEqual({ keyframe: undefined, chunks: [] });
  });

  it('are held and released by who manages them', async () => {
    const { api, audited } = await start();
    const hold = `${URL}/${id}/legal-hold`;
    const get = async () =>
      (await api.get(`${URL}/${id}`).set(userHeaders())).body.legalHold;
    await api
      .put(hold)
      .set(userHeaders())
      .send({ reason: 'case 7' })
      .expect(204);
    expect(await get()).toEqual({
      since: expect.stringMatching(/^20.*Z$/),
      by: 'user:default/admin',
      reason: 'case 7',
    });
    await api.put(hold).set(userHeaders()).send({ reason: ' ' }).expect(400);
    await api.delete(hold).set(userHeaders('jane')).expect(403);
    await api.delete(hold).set(agentHeaders()).expect(403);
    await api.delete(hold).set(userHeaders()).expect(204);
    expect(await get()).toBeUndefined();
    await api
      .delete(`${URL}/${header.sessionId}/legal-hold`)
      .set(userHeaders())
      .expect(404);
    expect(
      audited.filter(({ eventId }) => /hold|release/.test(eventId)),
    ).toMatchObject([
      {
        eventId: 'recording-hold',
        status: 'succeeded',
        meta: { id, reason: 'case 7' },
      },
      { eventId: 'recording-hold', status: 'failed' },
      { eventId: 'recording-release', status: 'failed' },
      { eventId: 'recording-release', status: 'succeeded' },
      { eventId: 'recording-release', status: 'failed' },
    ]);
  });

  it('are uploaded idempotently, in order and unchanged', async () => {
    const backend = await start();
    await putChunk(backend, 0, chunks[0]).expect(200, { nextIndex: 2 });
    await complete(backend).expect(200, {});
    const rewritten = await putChunk(backend, 0, chunks[1]);
    expect(rewritten.status).toBe(409);
    const gap = await putChunk(backend, 5, chunks[1]);
    expect(gap.status).toBe(409);
    expect(gap.body.error).toMatchObject({
      name: 'ConflictError',
      message: expect.stringContaining('the next index is 2'),
      nextIndex: 2,
    });
    const late = await complete(backend, { ...completion, status: 'failed' });
    expect(late.status).toBe(409);
    expect((await putChunk(backend, 'x', chunks[0])).status).toBe(404);
    expect((await putChunk(backend, 2, Buffer.from('x'))).status).toBe(409);
    expect((await complete(backend, {})).status).toBe(400);
  });

  it('are not taken when they are no frames or too large', async () => {
    const backend = await startPlugin({ recordings: directory.path });
    const broken = await putChunk(backend, 0, Buffer.from('x'));
    expect([broken.status, broken.body.error.name]).toEqual([
      400,
      'InputError',
    ]);
    const large = Buffer.alloc(16 * 1024 * 1024 + 1);
    expect((await putChunk(backend, 0, large)).status).toBe(413);
    const foreign = recordingHeader({ clusterName: 'prod' });
    const chunk = frameOf(0, [headerEvent(foreign)]);
    expect((await putChunk(backend, 0, chunk)).status).toBe(403);
  });

  it('are for administrators alone, never for services', async () => {
    const { api } = await start();
    for (const path of [
      URL,
      `${URL}/${id}`,
      `${URL}/${id}/chunks/0`,
      `${URL}/${id}/timeline`,
      `${URL}/${id}/opening?t=0`,
      `${URL}/${id}/moment?t=0`,
      `${URL}/${id}/text`,
      `${URL}/${id}/segments`,
      `${URL}/${id}/segments/0`,
      `${URL}/${id}/download`,
    ]) {
      expect((await api.get(path).set(userHeaders('jane'))).status).toBe(403);
      expect((await api.get(path).set(agentHeaders())).status).toBe(403);
    }
    for (const headers of [userHeaders('jane'), agentHeaders()]) {
      const hold = `${URL}/${id}/legal-hold`;
      for (const request of [
        api.post(`${URL}/${id}/export`).send({ password: 'not so secret' }),
        api.put(hold).send({ reason: 'a case' }),
        api.delete(hold),
      ]) {
        expect((await request.set(headers)).status).toBe(403);
      }
    }
  });

  it('are written by agents alone', async () => {
    const { api } = await startPlugin({ recordings: directory.path });
    const headers = { ...agentHeaders(), ...userHeaders() };
    const put = await api
      .put(`${INGEST}/${id}/chunks/0`)
      .set(headers)
      .type('application/octet-stream')
      .send(Buffer.from(chunks[0]));
    const end = await api
      .post(`${INGEST}/${id}/complete`)
      .set(headers)
      .send(completion);
    expect([put.status, end.status]).toEqual([403, 403]);
  });

  it('answer 404 for what is not there', async () => {
    const { api } = await start();
    for (const path of [
      `${URL}/x`,
      `${URL}/${header.sessionId}`,
      `${URL}/${id}/chunks/2`,
      `${URL}/${header.sessionId}/opening?t=0`,
      `${URL}/${header.sessionId}/moment?t=0`,
      `${URL}/${id}/chunks/-1`,
      `${URL}/${header.sessionId}/download`,
    ]) {
      expect((await api.get(path).set(userHeaders())).status).toBe(404);
    }
  });

  it('are in the audit log once per playback, also when chunks are read directly', async () => {
    const { api, audited } = await start();
    const get = (path: string, user?: string) =>
      api.get(`${URL}${path}`).set(userHeaders(user));
    await get(`/${id}`);
    await get(`/${id}/chunks/0`);
    await get(`/${id}/chunks/1`);
    expect(audited).toMatchObject([
      { eventId: 'recording-play', status: 'succeeded', meta: { id } },
    ]);
    await get(`/${id}/chunks/7`);
    await get(`/${id}/chunks/0`, 'jane');
    await get(`/${id}/chunks/0`, 'jane');
    await get(`/${id}/download`);
    await get('');
    expect(audited.slice(1)).toMatchObject([
      { eventId: 'recording-play', status: 'failed', meta: { index: '7' } },
      { eventId: 'recording-play', status: 'failed' },
      { eventId: 'recording-play', status: 'failed' },
      { eventId: 'recording-download', status: 'succeeded' },
      { eventId: 'recording-list', status: 'succeeded' },
    ]);
  });

  it('are in the audit log anew when they are opened anew, not when they are followed', async () => {
    const { api, audited } = await start();
    const get = (query: string, user?: string) =>
      api.get(`${URL}/${id}${query}`).set(userHeaders(user));
    await get('');
    await get('?follow=true').expect(200);
    expect(audited).toHaveLength(1);
    await get('');
    expect(audited).toHaveLength(2);
    await get('?follow=true', 'jane').expect(403);
    expect(audited).toHaveLength(3);
  });

  it('begin a playback in the audit log with a chunk that is read directly', async () => {
    const { api, audited } = await start();
    await api.get(`${URL}/${id}/chunks/1`).set(userHeaders());
    await api.get(`${URL}/${id}/chunks/0`).set(userHeaders());
    expect(audited).toMatchObject([
      { eventId: 'recording-play', status: 'succeeded', meta: { index: '1' } },
    ]);
  });

  it('are not cut silently when a part of them is lost', async () => {
    const { api, audited } = await start();
    directory.clear();
    await expect(
      api.get(`${URL}/${id}/download`).set(userHeaders()),
    ).rejects.toThrow();
    expect(audited).toMatchObject([
      { eventId: 'recording-download', status: 'failed' },
    ]);
    const chunk = await api.get(`${URL}/${id}/chunks/0`).set(userHeaders());
    expect(chunk.status).toBe(404);
  });
});

/** Changes the last byte of the file that holds just these. */
function damageLastByte(folder: string, bytes: Uint8Array): void {
  const damaged = Buffer.from(bytes);
  damaged[damaged.length - 1] ^= 0xff;
  writeFileSync(fileThatHolds(folder, bytes), damaged);
}

function fileThatHolds(folder: string, bytes: Uint8Array): string {
  const file = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile())
    .map(entry => join(entry.parentPath, entry.name))
    .find(path => readFileSync(path).equals(bytes));
  if (!file) {
    throw new Error('No file holds the chunk');
  }
  return file;
}
