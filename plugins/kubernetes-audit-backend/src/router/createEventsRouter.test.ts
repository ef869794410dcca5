import {
  createMockDirectory,
  mockServices,
  TestDatabases,
} from '@backstage/backend-test-utils';
import {
  AuthorizeResult,
  ConditionalPolicyDecision,
} from '@backstage/plugin-permission-common';
import { TextWriter, Uint8ArrayReader, ZipReader } from '@zip.js/zip.js';
import { requestAuditEventConditions } from 'backstage-plugin-kubernetes-audit-node';
import {
  eventId,
  eventTime,
  ndjson,
  spoolRecord,
} from '../__testUtils__/spoolRecord';
import {
  agentHeaders,
  BASE,
  startPlugin,
  userHeaders,
} from '../__testUtils__/startPlugin';

jest.setTimeout(60_000);

const URL = `${BASE}/v1/events`;

describe('events', () => {
  const databases = TestDatabases.create({ ids: ['POSTGRES_18', 'SQLITE_3'] });
  const directory = createMockDirectory();

  async function start(
    options: Partial<Parameters<typeof startPlugin>[0]> = {},
  ) {
    const backend = await startPlugin({
      recordings: directory.path,
      ...options,
    });
    await backend.api
      .post(`${BASE}/v1/ingest/events`)
      .set(agentHeaders())
      .type('text')
      .send(
        ndjson(
          spoolRecord(1, { phase: 'attempt', verb: 'create' }),
          spoolRecord(2),
          spoolRecord(3, {
            id: eventId(1),
            phase: 'outcome',
            verb: 'create',
            requestBody: 'kind: Pod\n',
          }),
        ).toString(),
      )
      .expect(200);
    return backend;
  }

  it.each(databases.eachSupportedId())(
    'come in by an agent and out to an administrator, %p',
    async databaseId => {
      const { api } = await start({ knex: await databases.init(databaseId) });
      const list = await api
        .get(URL)
        .query({
          filter: JSON.stringify({
            $any: [{ verb: 'create' }, { resource: { $in: ['others'] } }],
          }),
          from: eventTime(0),
          to: eventTime(9),
          search: 'GUE',
          limit: 10,
        })
        .set(userHeaders());
      expect(list.status).toBe(200);
      expect(list.body).toEqual({
        items: [
          expect.objectContaining({
            id: eventId(1),
            number: 1,
            sequence: 3,
            agentId: 'demo-proxy',
            result: 'success',
          }),
        ],
        totalItems: 1,
      });
      expect(list.body.items[0]).not.toHaveProperty('requestBody');
      expect(list.body.items[0]).not.toHaveProperty('phase');

      const detail = await api.get(`${URL}/${eventId(1)}`).set(userHeaders());
      expect(detail.body).toMatchObject({
        id: eventId(1),
        requestBody: 'kind: Pod\n',
      });
    },
  );

  it('are paged by cursors, 200 at the most', async () => {
    const { api } = await start();
    const get = (query: object) => api.get(URL).query(query).set(userHeaders());
    const first = await get({ limit: 1 });
    expect(first.body.items).toMatchObject([{ id: eventId(2) }]);
    const second = await get({
      limit: 1,
      cursor: first.body.nextCursor,
      filter: '',
    });
    expect(second.body.items).toMatchObject([{ id: eventId(1) }]);
    const back = await get({ limit: 1, cursor: second.body.prevCursor });
    expect(back.body.items).toEqual(first.body.items);
    expect((await get({ limit: 1000 })).body.items).toHaveLength(2);
    const oldest = await get({ limit: 1, order: 'asc' });
    expect(oldest.body.items).toMatchObject([{ id: eventId(1) }]);
  });

  it.each([
    [{ filter: '{' }, 'filter: not JSON'],
    [{ filter: '{"nope":1}' }, 'unknown field "nope"'],
    [{ filter: '{"verb":{"$near":1}}' }, 'unknown operator "$near"'],
    [{ from: 'yesterday' }, 'from: expected ISO 8601'],
    [{ to: '2026-11-22T00:00:00' }, 'to: expected ISO 8601'],
    [{ limit: '0' }, 'limit'],
    [{ limit: 'x' }, 'limit'],
    [{ order: 'up' }, 'order'],
    [{ cursor: 'x' }, 'cursor'],
    [{ search: ['a', 'b'] }, 'search'],
    [{ search: 'x'.repeat(257) }, 'search'],
  ])('answer 400 to %j and say why', async (query, message) => {
    const { api } = await startPlugin({ recordings: directory.path });
    const answer = await api.get(URL).query(query).set(userHeaders());
    expect(answer.status).toBe(400);
    expect(answer.body.error).toMatchObject({
      name: 'InputError',
      message: expect.stringContaining(message),
    });
  });

  it('answer 404 for what is not there', async () => {
    const { api } = await start();
    for (const id of [eventId(9), 'x']) {
      const answer = await api.get(`${URL}/${id}`).set(userHeaders());
      expect(answer.status).toBe(404);
      expect(answer.body.error.name).toBe('NotFoundError');
    }
  });

  it('are for administrators alone where permissions are off, never for services', async () => {
    const { api } = await start();
    for (const path of [URL, `${URL}/${eventId(1)}`]) {
      expect((await api.get(path).set(userHeaders('jane'))).status).toBe(403);
      expect((await api.get(path).set(agentHeaders())).status).toBe(403);
      const anonymous = { authorization: 'Bearer mock-none-token' };
      expect((await api.get(path).set(anonymous)).status).toBe(401);
    }
  });

  it.each<[AuthorizeResult.ALLOW | AuthorizeResult.DENY, number]>([
    [AuthorizeResult.ALLOW, 200],
    [AuthorizeResult.DENY, 403],
  ])(
    'follow the permission framework where it is on: %s',
    async (result, status) => {
      const { api } = await start({
        config: { permission: { enabled: true } },
        features: [mockServices.permissions.factory({ result })],
      });
      expect((await api.get(URL).set(userHeaders('jane'))).status).toBe(status);
      expect((await api.get(URL).set(userHeaders())).status).toBe(status);
    },
  );

  it('leave an entry in the audit log for each who reads them or tries to', async () => {
    const { api, audited } = await start();
    await api.get(URL).query({ search: 'max' }).set(userHeaders());
    await api.get(`${URL}/histogram`).set(userHeaders());
    await api.get(`${URL}/${eventId(1)}`).set(userHeaders());
    await api.get(URL).set(userHeaders('jane'));
    expect(audited).toMatchObject([
      {
        eventId: 'event-list',
        status: 'succeeded',
        meta: { query: { search: 'max' } },
      },
      { eventId: 'event-count', status: 'succeeded' },
      {
        eventId: 'event-read',
        status: 'succeeded',
        meta: { id: eventId(1) },
      },
      { eventId: 'event-list', status: 'failed' },
    ]);
  });

  it.each(databases.eachSupportedId())(
    'are counted by time and result, %p',
    async databaseId => {
      const { api } = await start({ knex: await databases.init(databaseId) });
      const bars = async (query: object) => {
        const answer = await api
          .get(`${URL}/histogram`)
          .query(query)
          .set(userHeaders());
        expect(answer.status).toBe(200);
        return answer.body;
      };
      const hour = { from: '2026-11-22T00:00:00.000Z', success: 2, failure: 0 };
      const day = {
        from: '2026-11-22T00:00:00Z',
        to: '2026-11-23T00:00:00Z',
      };
      // From the roll-up, from rows, and from rows within an hour.
      expect(await bars(day)).toEqual({
        widthMs: 15 * 60_000,
        items: [hour],
      });
      for (const filter of [
        { verb: 'create' },
        { message: 'ok', verb: 'create' },
      ]) {
        expect(
          await bars({ filter: JSON.stringify(filter), from: '2026-11-01' }),
        ).toEqual({
          widthMs: expect.any(Number),
          items: [expect.objectContaining({ success: 1, failure: 0 })],
        });
      }
      expect(
        await bars({ from: eventTime(2), to: '2026-11-22T00:30:00Z' }),
      ).toEqual({ widthMs: 60_000, items: [{ ...hour, success: 1 }] });
      expect(await bars({ search: 'nobody' })).toMatchObject({ items: [] });
    },
  );

  it.each(databases.eachSupportedId())(
    'leave as CSV or as JSON Lines, %p',
    async databaseId => {
      const { api, audited } = await start({
        knex: await databases.init(databaseId),
      });
      const download = (query: object) =>
        api.get(`${URL}/export`).query(query).set(userHeaders()).buffer();
      const csv = await download({ search: 'guest' });
      expect(csv.status).toBe(200);
      expect(csv.headers['content-type']).toBe('text/csv; charset=utf-8');
      expect(csv.headers['content-disposition']).toMatch(
        /^attachment; filename="request-audit_\d{8}T\d{6}Z\.csv"$/,
      );
      const lines = csv.text.split('\r\n');
      expect(lines[0]).toMatch(/^No,Executed At,Result,Name,Email,Client IP,/);
      expect(lines[1]).toMatch(/^2,2026-11-22T00:00:02.000Z,success,guest,,/);
      // The body is of two lines.
      expect(lines[2]).toMatch(/"kind: Pod\n"$/);
      expect(lines).toHaveLength(4);

      const filter = JSON.stringify({ verb: 'create' });
      const jsonl = await download({ format: 'jsonl', filter });
      expect(
        jsonl.text
          .trim()
          .split('\n')
          .map(line => JSON.parse(line)),
      ).toEqual([
        expect.objectContaining({ id: eventId(1), requestBody: 'kind: Pod\n' }),
      ]);
      expect((await download({ format: 'xml' })).status).toBe(400);
      expect((await download({ filter: '{"nope":1}' })).status).toBe(400);
      expect(audited[1]).toMatchObject({
        eventId: 'event-export',
        status: 'succeeded',
        meta: { query: { format: 'jsonl', filter } },
      });
    },
  );

  it('leave encrypted alone where that is required', async () => {
    const { api } = await start({
      kubernetesAudit: { export: { encryption: 'required' } },
    });
    const refused = await api.get(`${URL}/export`).set(userHeaders());
    expect(refused.status).toBe(403);
    expect(refused.body.error.message).toContain('POST /v1/events/export');
    const zip = await api
      .post(`${URL}/export`)
      .query({ search: 'guest' })
      .send({ password: 'correct horse', format: 'jsonl' })
      .set(userHeaders())
      .buffer()
      .parse((response, done) => {
        const chunks: Buffer[] = [];
        response.on('data', chunk => chunks.push(chunk));
        response.on('end', () => done(null, Buffer.concat(chunks)));
      });
    expect(zip.status).toBe(200);
    expect(zip.headers['content-type']).toBe('application/zip');
    const reader = new ZipReader(new Uint8ArrayReader(zip.body));
    const [entry] = await reader.getEntries();
    expect(entry).toMatchObject({ encrypted: true });
    if (entry.directory) throw new Error('expected a file');
    const text = await entry.getData(new TextWriter(), {
      password: 'correct horse',
    });
    expect(text.trim().split('\n')).toHaveLength(2);
    const weak = await api
      .post(`${URL}/export`)
      .send({ password: 'short' })
      .set(userHeaders());
    expect(weak.status).toBe(400);
  });

  it('are not exported and not counted for others', async () => {
    const { api } = await start();
    for (const path of ['histogram', 'export']) {
      const answer = await api.get(`${URL}/${path}`).set(userHeaders('jane'));
      expect(answer.status).toBe(403);
    }
  });

  describe('of which a policy lets a user see some', () => {
    /** Jane sees her own. */
    const isOfJane: ConditionalPolicyDecision = {
      result: AuthorizeResult.CONDITIONAL,
      pluginId: 'kubernetes-audit',
      resourceType: 'kubernetes-audit-event',
      conditions: requestAuditEventConditions.isOfUser({
        userEntityRefs: ['user:default/jane'],
      }),
    };

    async function startWith(
      decision: ConditionalPolicyDecision | { result: AuthorizeResult.DENY },
    ) {
      const backend = await startPlugin({
        recordings: directory.path,
        config: { permission: { enabled: true } },
        features: [
          mockServices.permissions.mock({
            authorize: async requests =>
              requests.map(() => ({ result: AuthorizeResult.ALLOW })),
            authorizeConditional: async requests =>
              requests.map(() => decision),
          }).factory,
        ],
      });
      await backend.api
        .post(`${BASE}/v1/ingest/events`)
        .set(agentHeaders())
        .type('text')
        .send(
          ndjson(
            spoolRecord(1, { userEntityRef: 'user:default/jane' }),
            spoolRecord(2, { userEntityRef: 'user:default/max' }),
          ).toString(),
        )
        .expect(200);
      const get = (path: string) =>
        backend.api.get(`${URL}${path}`).set(userHeaders('jane'));
      return { get };
    }

    it('are in lists, totals, bars and files, and the others are nowhere', async () => {
      const { get } = await startWith(isOfJane);
      const list = await get('');
      expect(list.body.items).toMatchObject([{ id: eventId(1) }]);
      expect(list.body.totalItems).toBe(1);
      const bars = await get('/histogram');
      expect(bars.body.items).toMatchObject([{ success: 1, failure: 0 }]);
      const file = await get('/export?format=jsonl').buffer(true);
      expect(file.text.trim().split('\n')).toHaveLength(1);
      expect((await get(`/${eventId(1)}`)).status).toBe(200);
      expect((await get(`/${eventId(2)}`)).status).toBe(404);
    });

    it('are none where the policy says so', async () => {
      const { get } = await startWith({ result: AuthorizeResult.DENY });
      for (const path of [
        '',
        '/histogram',
        '/delivery',
        '/export',
        `/${eventId(1)}`,
      ]) {
        const { status, body } = await get(path);
        expect({ path, status }).toEqual({ path, status: 403 });
        expect(body.error.message).toContain('kubernetes-audit.event.view');
      }
    });
  });
});
