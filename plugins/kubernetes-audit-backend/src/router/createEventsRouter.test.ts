import {
  createMockDirectory,
  mockServices,
  TestDatabases,
} from '@backstage/backend-test-utils';
import { AuthorizeResult } from '@backstage/plugin-permission-common';
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
    await api.get(URL).set(userHeaders());
    await api.get(`${URL}/${eventId(1)}`).set(userHeaders());
    await api.get(URL).set(userHeaders('jane'));
    expect(audited).toMatchObject([
      { eventId: 'event-list', status: 'succeeded' },
      {
        eventId: 'event-read',
        status: 'succeeded',
        meta: { id: eventId(1) },
      },
      { eventId: 'event-list', status: 'failed' },
    ]);
  });
});
