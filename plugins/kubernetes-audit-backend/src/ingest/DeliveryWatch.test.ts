import {
  mockCredentials,
  mockServices,
  TestDatabaseId,
  TestDatabases,
} from '@backstage/backend-test-utils';
import { NotAllowedError } from '@backstage/errors';
import type { FilterPredicate } from '@backstage/filter-predicates';
import {
  deadLetterReadPermission,
  SpoolRecord,
} from 'backstage-plugin-kubernetes-audit-common';
import { migratedDatabase } from '../__testUtils__/migratedDatabase';
import { ndjson, spoolRecord } from '../__testUtils__/spoolRecord';
import { Agent, DatabaseHeartbeatStore } from '../agents';
import { openEventStore } from '../audit';
import type { Authorizer } from '../authorization';
import { DeadLetters } from './DeadLetters';
import { DeliveryWatch } from './DeliveryWatch';
import { EventIngest } from './EventIngest';
import { EventPublisher } from './EventPublisher';
import { SpoolGaps } from './SpoolGaps';
import { GAP_PATIENCE_MS } from './SpoolLedger';

jest.setTimeout(60_000);

const EPOCH = '019aa000-0000-7000-b000-000000000001';
const START = '2026-11-22T02:00:00.000Z';
const user = mockCredentials.user();

describe('DeliveryWatch', () => {
  const databases = TestDatabases.create({ ids: ['POSTGRES_18', 'SQLITE_3'] });

  async function setUp(
    databaseId: TestDatabaseId,
    {
      denied = [],
      visible,
    }: { denied?: readonly string[]; visible?: FilterPredicate } = {},
  ) {
    const knex = await migratedDatabase(databases, databaseId);
    const logger = mockServices.logger.mock();
    let time = Date.parse(START);
    const now = () => time;
    const ingest = EventIngest.create({
      knex,
      writer: openEventStore(knex).writer,
      publisher: EventPublisher.create({ sinks: [], logger }),
      logger,
      now,
    });
    const heartbeats = DatabaseHeartbeatStore.create({ knex, now });
    const authorizer: Authorizer = {
      isAllowed: async (_, { name }) => !denied.includes(name),
      require: async (_, { name }) => {
        if (denied.includes(name)) {
          throw new NotAllowedError(name);
        }
      },
      visible: async () => visible,
    };
    const watch = DeliveryWatch.create({
      gaps: SpoolGaps.create({ knex, now }),
      deadLetters: DeadLetters.create(knex),
      heartbeats,
      authorizer,
      now,
    });
    return {
      watch,
      heartbeats,
      now,
      pass: (milliseconds: number) => {
        time += milliseconds;
      },
      send: (...lines: (SpoolRecord | string)[]) =>
        ingest.ingest({
          agent: Agent.fromConfig({ id: 'a', subject: 'a', clusters: ['*'] }),
          epoch: EPOCH,
          body: ndjson(...lines),
        }),
      gaps: async (span: { from?: number; to?: number } = {}) =>
        (await watch.report(user, span)).gaps.map(
          ({ firstSequence, lastSequence, missing, since }) =>
            `${missing} of ${firstSequence}-${lastSequence} since ${since}`,
        ),
    };
  }

  describe.each(databases.eachSupportedId())('%p', databaseId => {
    it('tells of gaps from soon after they open until they close', async () => {
      const { send, pass, gaps, watch } = await setUp(databaseId);
      await send(spoolRecord(1), spoolRecord(4), spoolRecord(5));
      expect(await gaps()).toEqual([]);
      pass(10_000);
      expect((await watch.report(user, {})).gaps).toEqual([
        {
          agentId: 'a',
          epoch: EPOCH,
          firstSequence: 2,
          lastSequence: 3,
          missing: 2,
          since: START,
        },
      ]);
      await send(spoolRecord(8));
      expect((await gaps()).sort()).toEqual([
        `2 of 2-3 since ${START}`,
        `2 of 6-7 since ${START}`,
      ]);
      await send(spoolRecord(2), spoolRecord(3), spoolRecord(6));
      pass(10_000);
      expect(await gaps()).toEqual([expect.stringMatching(/^1 of 7-7/)]);
      await send(spoolRecord(7));
      expect(await gaps()).toEqual([]);
    });

    it('tells on of a gap that the agent is not waited for any more', async () => {
      const { send, pass, gaps } = await setUp(databaseId);
      await send(spoolRecord(4));
      pass(GAP_PATIENCE_MS);
      await send(spoolRecord(5));
      expect(await gaps()).toEqual([`3 of 1-3 since ${START}`]);
      await send(spoolRecord(2));
      expect(await gaps()).toEqual([`2 of 1-3 since ${START}`]);
      await send(spoolRecord(1), spoolRecord(3));
      expect(await gaps()).toEqual([]);
    });

    it('tells of the gaps of a span', async () => {
      const { send, pass, gaps } = await setUp(databaseId);
      const start = Date.parse(START);
      await send(spoolRecord(2));
      pass(10_000);
      expect(await gaps({ from: start, to: start + 1 })).toHaveLength(1);
      expect(await gaps({ from: start + 1 })).toEqual([]);
      pass(GAP_PATIENCE_MS);
      await send(spoolRecord(3));
      expect(await gaps({ from: start, to: start + 1 })).toHaveLength(1);
      expect(await gaps({ to: start })).toEqual([]);
    });

    it('lists what was kept aside, page by page', async () => {
      const { send, watch, pass } = await setUp(databaseId);
      await send('no JSON: ä');
      pass(1000);
      await send('{"sequence":1}', spoolRecord(2));
      expect((await watch.report(user, {})).deadLetters).toEqual({ count: 2 });
      const first = await watch.deadLetters(user, { limit: 1 });
      expect(first).toEqual({
        items: [
          {
            id: expect.any(String),
            agentId: 'a',
            epoch: EPOCH,
            sequence: 1,
            reason: expect.stringMatching(/^id: /),
            receivedAt: '2026-11-22T02:00:01.000Z',
            record: '{"sequence":1}',
            recordBytes: 14,
          },
        ],
        nextCursor: expect.any(String),
      });
      const second = await watch.deadLetters(user, {
        limit: 1,
        cursor: first.nextCursor,
      });
      expect(second).toEqual({
        items: [
          expect.objectContaining({
            receivedAt: START,
            record: 'no JSON: ä',
            recordBytes: 11,
          }),
        ],
      });
      expect(second.items[0]).not.toHaveProperty('sequence');
      await expect(
        watch.deadLetters(user, { limit: 1, cursor: 'x' }),
      ).rejects.toThrow('cursor');
    });

    it('keeps that from those who may see events only', async () => {
      const { send, watch } = await setUp(databaseId, {
        denied: [deadLetterReadPermission.name],
      });
      await send('no JSON');
      expect(await watch.report(user, {})).toEqual({
        gaps: [],
        clockSkews: [],
      });
      await expect(watch.deadLetters(user, { limit: 1 })).rejects.toThrow(
        expect.objectContaining({ name: 'NotAllowedError' }),
      );
    });

    it('tells who may see some of the events only that there are gaps, and no more', async () => {
      const { send, pass, watch, heartbeats, now } = await setUp(databaseId, {
        visible: { userEntityRef: 'user:default/jane' },
      });
      await heartbeats.record('ahead', {
        kind: 'proxy',
        version: '1.0.0',
        clusters: [],
        sentAt: new Date(now() + 60_000).toISOString(),
      });
      const noGaps = { gaps: [], clockSkews: [], deadLetters: { count: 0 } };
      await send(spoolRecord(1), spoolRecord(4));
      expect(await watch.report(user, {})).toEqual(noGaps);
      pass(10_000);
      expect(await watch.report(user, {})).toEqual({
        ...noGaps,
        hasHiddenGaps: true,
      });
      expect(await watch.report(user, { to: Date.parse(START) })).toEqual(
        noGaps,
      );
    });

    it('tells of clocks that are some seconds off, of agents that are there', async () => {
      const { heartbeats, watch, now, pass } = await setUp(databaseId);
      const record = (id: string, ahead: number) =>
        heartbeats.record(id, {
          kind: 'proxy',
          version: '1.0.0',
          clusters: [],
          sentAt: new Date(now() + ahead).toISOString(),
        });
      await record('gone', 60_000);
      pass(3600_001);
      await record('behind', -42_000);
      await record('right', -4_999);
      await record('ahead', 5_000);
      expect((await watch.report(user, {})).clockSkews).toEqual([
        { agentId: 'ahead', aheadMs: 5_000 },
        { agentId: 'behind', aheadMs: -42_000 },
      ]);
    });
  });
});
