import {
  createMockDirectory,
  mockServices,
  TestDatabases,
} from '@backstage/backend-test-utils';
import knexFactory from 'knex';
import {
  frameOf,
  headerEvent,
  recordingEvent,
  recordingHeader,
} from './__testUtils__/recordingChunk';
import { eventId, ndjson, spoolRecord } from './__testUtils__/spoolRecord';
import {
  agentHeaders,
  BASE,
  startPlugin,
  userHeaders,
} from './__testUtils__/startPlugin';
import { openEventStore, RollUpCheck } from './audit';

jest.setTimeout(120_000);

const DAY_MS = 24 * 3600_000;
const OTHER_SPOOL = '019aa000-0000-7000-b000-000000000002';

describe('two replicas of the portal on one PostgreSQL', () => {
  const databases = TestDatabases.create({ ids: ['POSTGRES_18'] });
  const directory = createMockDirectory();

  if (databases.eachSupportedId().length === 0) {
    it('need a PostgreSQL', () => {
      expect(databases.eachSupportedId()).toEqual([]);
    });
    return;
  }

  async function setUp() {
    const knex = await databases.init('POSTGRES_18');
    const { client, connection } = knex.client.config;
    const own = knexFactory({ client, connection });
    const start = (each: typeof knex) =>
      startPlugin({ recordings: directory.path, knex: each });
    // One after the other, as in a rollout: of two on an empty database one fails to make the tables.
    const replicas = [await start(knex), await start(own)];
    return {
      knex,
      replicas,
      send: (
        replica: number,
        records: ReturnType<typeof spoolRecord>[],
        epoch?: string,
      ) =>
        replicas[replica].api
          .post(`${BASE}/v1/ingest/events`)
          .set({
            ...agentHeaders(),
            ...(epoch && { 'x-spool-epoch': epoch }),
          })
          .type('text')
          .send(ndjson(...records).toString()),
      list: async (replica: number, query: object = {}) =>
        (
          await replicas[replica].api
            .get(`${BASE}/v1/events`)
            .query({ limit: 200, order: 'asc', ...query })
            .set(userHeaders())
        ).body,
      stop: async () => {
        await Promise.all(replicas.map(replica => replica.stop()));
        await own.destroy();
      },
    };
  }

  it('take turns with the batches of one spool, and both show all of them', async () => {
    const rig = await setUp();
    for (let n = 1; n <= 6; n++) {
      const { body } = await rig.send(n % 2, [
        spoolRecord(n, { userName: `user-${n % 3}` }),
      ]);
      expect(body).toEqual({ acknowledgedSequence: n });
    }
    // Again, at the other one.
    const { body } = await rig.send(0, [
      spoolRecord(5, { userName: 'user-2' }),
      spoolRecord(6, { userName: 'user-0' }),
    ]);
    expect(body).toEqual({ acknowledgedSequence: 6 });

    for (const replica of [0, 1]) {
      const page = await rig.list(replica);
      expect(
        page.items.map(({ number }: { number: number }) => number),
      ).toEqual([1, 2, 3, 4, 5, 6]);
      const filter = JSON.stringify({ userName: 'user-1' });
      expect((await rig.list(replica, { filter })).totalItems).toBe(2);
    }
    await rig.stop();
  });

  it('take the parts of one recording, even at once, and both play all of it', async () => {
    const rig = await setUp();
    const header = recordingHeader();
    const ingest = `${BASE}/v1/ingest/recordings/${header.id}`;
    const put = (replica: number, index: number) =>
      rig.replicas[replica].api
        .put(`${ingest}/chunks/${index}`)
        .set(agentHeaders())
        .type('application/octet-stream')
        .send(
          Buffer.from(
            frameOf(index, [
              index === 0
                ? headerEvent(header)
                : recordingEvent('output', index * 1000, `${index} `),
            ]),
          ),
        );
    for (let index = 0; index < 5; index++) {
      // An agent that got no answer sends a part again, to whoever takes it.
      const answers = await Promise.all([put(0, index), put(1, index)]);
      expect(answers.map(({ status }) => status)).toEqual([200, 200]);
    }
    for (const replica of [1, 0]) {
      await rig.replicas[replica].api
        .post(`${ingest}/complete`)
        .set(agentHeaders())
        .send({
          status: 'complete',
          endedAt: '2026-11-22T01:50:00.000Z',
          durationMs: 4,
          chunkCount: 5,
        })
        .expect(200);
    }
    for (const { api } of rig.replicas) {
      const get = (path: string) =>
        api
          .get(`${BASE}/v1/recordings/${header.id}/${path}`)
          .set(userHeaders());
      let text = await get('text');
      while (text.status === 404) {
        await new Promise(resolve => setTimeout(resolve, 20));
        text = await get('text');
      }
      expect(text.body.items).toMatchObject([{ text: '1 2 3 4' }]);
      const download = await get('download').responseType('blob');
      const [, ...lines] = String(download.body).trimEnd().split('\n');
      expect(lines.map(line => JSON.parse(line)[2])).toEqual([
        '1 ',
        '2 ',
        '3 ',
        '4 ',
      ]);
    }
    await rig.stop();
  });

  it('make one event of an attempt at one and its outcome at the other', async () => {
    const rig = await setUp();
    await rig.send(0, [spoolRecord(1, { phase: 'attempt', verb: 'create' })]);
    await rig.send(1, [
      spoolRecord(2, {
        id: eventId(1),
        phase: 'outcome',
        verb: 'create',
        message: 'Created',
      }),
    ]);
    for (const replica of [0, 1]) {
      const page = await rig.list(replica);
      expect(page).toMatchObject({
        items: [{ number: 1, message: 'Created', result: 'success' }],
        totalItems: 1,
      });
    }
    await rig.stop();
  });

  it('count right what comes to both at once', async () => {
    const rig = await setUp();
    const batches = Array.from({ length: 12 }, (_, batch) =>
      Array.from({ length: 20 }, (__, i) => batch * 20 + i + 1),
    );
    await Promise.all(
      [undefined, OTHER_SPOOL].map(async (epoch, replica) => {
        for (const batch of batches) {
          const records = batch.map(n =>
            spoolRecord(n, {
              id: eventId(replica * 1000 + n),
              userName: `user-${n % 7}`,
              kubernetesGroups: [`group-${n % 5}`],
            }),
          );
          expect((await rig.send(replica, records, epoch)).status).toBe(200);
        }
      }),
    );
    const opened = openEventStore(rig.knex);
    const check = RollUpCheck.create({
      ...opened,
      knex: rig.knex,
      logger: mockServices.logger.mock(),
      now: Date.now,
    });
    const day = Math.floor(Date.parse(spoolRecord(1).executedAt) / DAY_MS);
    expect(await check.check(day)).toBe(0);
    for (const replica of [0, 1]) {
      expect((await rig.list(replica)).totalItems).toBe(480);
      const filter = JSON.stringify({ userName: 'user-3' });
      expect((await rig.list(replica, { filter })).totalItems).toBe(68);
    }
    await rig.stop();
  });
});
