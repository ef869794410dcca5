import {
  mockServices,
  TestDatabaseId,
  TestDatabases,
} from '@backstage/backend-test-utils';
import { randomUUID } from 'node:crypto';
import type {
  SpoolRecord,
  StoredRequestAuditEvent,
} from 'backstage-plugin-kubernetes-audit-common';
import { migratedDatabase } from '../__testUtils__/migratedDatabase';
import {
  eventId,
  eventTime,
  ndjson,
  spoolRecord,
} from '../__testUtils__/spoolRecord';
import { Agent } from '../agents';
import { openEventStore } from '../audit';
import { EventIngest } from './EventIngest';
import { EventPublisher } from './EventPublisher';
import { GAP_PATIENCE_MS } from './SpoolLedger';

jest.setTimeout(60_000);

const EPOCH = '019aa000-0000-7000-b000-000000000001';

describe('EventIngest', () => {
  const databases = TestDatabases.create({ ids: ['POSTGRES_18', 'SQLITE_3'] });

  async function setUp(databaseId: TestDatabaseId) {
    const knex = await migratedDatabase(databases, databaseId);
    const logger = mockServices.logger.mock();
    const published: StoredRequestAuditEvent[] = [];
    const publisher = EventPublisher.create({
      sinks: [
        {
          name: 'test',
          publish: async events => {
            published.push(...events);
          },
        },
      ],
      logger,
    });
    let now = Date.parse('2026-11-22T02:00:00.000Z');
    const { store, writer } = openEventStore(knex);
    const ingest = EventIngest.create({
      knex,
      writer,
      publisher,
      logger,
      now: () => now,
    });
    const agentOf = (id: string, clusters: string[] = ['*']) =>
      Agent.fromConfig({ id, subject: id, clusters });
    return {
      knex,
      logger,
      store,
      pass: (milliseconds: number) => {
        now += milliseconds;
      },
      send: async (
        lines: (SpoolRecord | string)[],
        options: { agent?: string; clusters?: string[]; epoch?: string } = {},
      ) => {
        const { agent = 'demo-proxy', clusters, epoch = EPOCH } = options;
        const answer = await ingest.ingest({
          agent: agentOf(agent, clusters),
          epoch,
          body: ndjson(...lines),
        });
        await publisher.drain();
        return answer.acknowledgedSequence;
      },
      published,
      all: async () => (await store.list({ limit: 200, order: 'asc' })).items,
      deadLetters: () =>
        knex('dead_letters').orderBy('id').select('sequence', 'reason'),
    };
  }

  describe.each(databases.eachSupportedId())('%p', databaseId => {
    it('stores a batch, acknowledges its end and publishes its events', async () => {
      const { send, all, published } = await setUp(databaseId);
      expect(await send([spoolRecord(1), spoolRecord(2)])).toBe(2);
      expect(await all()).toEqual([
        expect.objectContaining({
          id: eventId(1),
          agentId: 'demo-proxy',
          sequence: 1,
        }),
        expect.objectContaining({ id: eventId(2), number: 2 }),
      ]);
      expect(published.map(({ number }) => number)).toEqual([1, 2]);
    });

    it('takes more records at once than a query may have values', async () => {
      const { send, all, knex } = await setUp(databaseId);
      const records = Array.from({ length: 1203 }, (_, i) =>
        spoolRecord(i + 1),
      );
      expect(await send(records)).toBe(1203);
      expect(await all()).toHaveLength(200);
      const [{ count }] = await knex('request_audit_events').count({
        count: '*',
      });
      expect(Number(count)).toBe(1203);
    });

    it('changes nothing when a batch comes again, alone or with more', async () => {
      const { send, all, published, deadLetters } = await setUp(databaseId);
      await send([spoolRecord(1), spoolRecord(2)]);
      const before = await all();
      expect(await send([spoolRecord(1), spoolRecord(2)])).toBe(2);
      expect(await all()).toEqual(before);
      expect(await send([spoolRecord(2), spoolRecord(3)])).toBe(3);
      expect(await all()).toHaveLength(3);
      expect(published.map(({ sequence }) => sequence)).toEqual([1, 2, 3]);
      expect(await deadLetters()).toEqual([]);
    });

    it('buries a record whose sequence was applied with other bytes', async () => {
      const { send, all, deadLetters, logger } = await setUp(databaseId);
      await send([spoolRecord(1, { message: 'first' })]);
      const rewritten = spoolRecord(1, { message: 'second' });
      expect(await send([rewritten, spoolRecord(2)])).toBe(2);
      expect(await send([rewritten])).toBe(2);
      expect((await all()).map(({ message }) => message)).toEqual([
        'first',
        'OK',
      ]);
      expect(await deadLetters()).toHaveLength(1);
      expect(logger.error).toHaveBeenCalledWith(
        'An audit record became a dead letter',
        expect.objectContaining({
          agentId: 'demo-proxy',
          sequence: 1,
          reason: 'the sequence was applied with another checksum',
        }),
      );
    });

    it('keeps spools of one agent apart by their epoch', async () => {
      const { send, all } = await setUp(databaseId);
      await send([spoolRecord(1)]);
      const other = spoolRecord(1, { id: eventId(9) });
      expect(await send([other], { epoch: randomUUID() })).toBe(1);
      expect(await all()).toHaveLength(2);
    });

    it('buries bad records and stores and acknowledges the others', async () => {
      const { send, all, deadLetters, knex } = await setUp(databaseId);
      const bad = JSON.stringify({ ...spoolRecord(3), executedAt: 'today' });
      const lines = [spoolRecord(1), 'no \0 JSON', bad, spoolRecord(4)];
      expect(await send(lines)).toBe(4);
      expect(await send(lines)).toBe(4);
      expect((await all()).map(({ sequence }) => sequence)).toEqual([1, 4]);
      const letters = await deadLetters();
      expect(letters.map(letter => Number(letter.sequence))).toEqual([2, 3]);
      expect(letters[1].reason).toMatch(/^executedAt: /);
      const [{ record }] = await knex('dead_letters').select('record');
      expect(record.toString()).toBe('no \0 JSON');
    });

    it('buries a line whose place nobody knows without acknowledging it', async () => {
      const { send, deadLetters } = await setUp(databaseId);
      expect(await send(['nonsense'])).toBe(0);
      expect(await deadLetters()).toHaveLength(1);
    });

    it('stores text that the databases would trip over', async () => {
      const { send, store } = await setUp(databaseId);
      const odd = spoolRecord(1, {
        message: 'nul \0, half a pair \ud800, \u001f',
        userName: 'x'.repeat(2048),
        requestUri: '\u{1f600}'.repeat(8000),
      });
      expect(await send([odd])).toBe(1);
      expect(await store.get(eventId(1))).toMatchObject({
        message: odd.message,
        requestUri: odd.requestUri,
      });
    });

    it('acknowledges up to a gap, stores what is above it, and goes on when it closes', async () => {
      const { send, all } = await setUp(databaseId);
      expect(await send([spoolRecord(1), spoolRecord(3)])).toBe(1);
      expect(await send([spoolRecord(5)])).toBe(1);
      expect(await all()).toHaveLength(3);
      expect(await send([spoolRecord(2)])).toBe(3);
      expect(await send([spoolRecord(4)])).toBe(5);
      expect(await all()).toHaveLength(5);
    });

    it('gives a gap up that does not close, and still takes what comes late', async () => {
      const { send, all, pass, knex, logger } = await setUp(databaseId);
      expect(await send([spoolRecord(4), spoolRecord(5)])).toBe(0);
      pass(GAP_PATIENCE_MS - 1);
      expect(await send([spoolRecord(4)])).toBe(0);
      pass(1);
      expect(await send([spoolRecord(4)])).toBe(5);
      expect(logger.error).toHaveBeenCalledWith(
        'Audit records are missing for good',
        expect.objectContaining({ firstSequence: 1, lastSequence: 3 }),
      );
      expect(await knex('spool_gaps')).toHaveLength(1);

      expect(await send([spoolRecord(7)])).toBe(5);
      expect(await send([spoolRecord(6), spoolRecord(2)])).toBe(7);
      expect((await all()).map(({ sequence }) => sequence)).toEqual([
        2, 4, 5, 6, 7,
      ]);
    });

    it('shows an attempt as failed until its outcome replaces it under the same number', async () => {
      const { send, all, store, published } = await setUp(databaseId);
      const id = eventId(1);
      await send([
        spoolRecord(1, { phase: 'attempt', verb: 'create', message: 'x' }),
        spoolRecord(2),
      ]);
      expect(await store.get(id)).toMatchObject({
        number: 1,
        result: 'failure',
        message: 'outcome unknown',
      });
      const outcome = spoolRecord(3, {
        id,
        phase: 'outcome',
        verb: 'create',
        message: 'Created',
        requestBody: 'kind: Pod\n',
      });
      expect(await send([outcome])).toBe(3);
      expect(await store.get(id)).toMatchObject({
        number: 1,
        sequence: 3,
        executedAt: eventTime(1),
        result: 'success',
        message: 'Created',
        requestBody: 'kind: Pod\n',
      });
      expect(await all()).toHaveLength(2);
      expect(
        await store.list({ limit: 9, filter: { message: 'created' } }),
      ).toMatchObject({ totalItems: 1 });
      expect(published.map(({ message }) => message)).toEqual([
        'outcome unknown',
        'OK',
        'Created',
      ]);
    });

    it('makes one row of an attempt and its outcome in one batch', async () => {
      const { send, all, published } = await setUp(databaseId);
      const id = eventId(1);
      await send([
        spoolRecord(1, { phase: 'attempt' }),
        spoolRecord(2, { id, phase: 'outcome', message: 'Created' }),
      ]);
      expect((await all()).map(({ message }) => message)).toEqual(['Created']);
      expect(published).toHaveLength(1);
    });

    it('does not let an attempt that comes late replace the outcome', async () => {
      const { send, all, deadLetters } = await setUp(databaseId);
      const id = eventId(2);
      await send([spoolRecord(2, { phase: 'outcome', message: 'Created' })]);
      expect(await send([spoolRecord(1, { id, phase: 'attempt' })])).toBe(2);
      expect((await all()).map(({ message }) => message)).toEqual(['Created']);
      expect(await deadLetters()).toEqual([]);
    });

    it('buries a second outcome and what another agent says of an event', async () => {
      const { send, all, deadLetters } = await setUp(databaseId);
      await send([spoolRecord(1, { phase: 'attempt' })]);
      const forged = spoolRecord(1, { phase: 'outcome', message: 'forged' });
      expect(await send([forged], { agent: 'other' })).toBe(1);
      const id = eventId(1);
      await send([spoolRecord(2, { id, phase: 'outcome', message: 'real' })]);
      await send([spoolRecord(3, { id, phase: 'outcome', message: 'later' })]);
      expect((await all()).map(({ message }) => message)).toEqual(['real']);
      expect((await deadLetters()).map(({ reason }) => reason)).toEqual([
        'the event is of another agent',
        'the event has its outcome already',
      ]);
    });

    it('buries the outcome of an event that was removed meanwhile', async () => {
      const { knex, send, all, deadLetters } = await setUp(databaseId);
      await send([spoolRecord(1, { phase: 'attempt' })]);
      await knex('request_audit_events').delete();
      const id = eventId(1);
      const outcome = spoolRecord(2, { id, phase: 'outcome' });
      expect(await send([outcome, spoolRecord(3)])).toBe(3);
      expect((await all()).map(event => event.id)).toEqual([eventId(3)]);
      expect((await deadLetters()).map(({ reason }) => reason)).toEqual([
        'the event was removed',
      ]);
    });

    it.each(['in one batch', 'in two'])(
      'keeps the first end of a session that is said twice %s',
      async batches => {
        const { send, all, published, deadLetters, logger } = await setUp(
          databaseId,
        );
        const sessionId = '019aa000-0000-7000-b000-00000000000a';
        const id = eventId(1);
        const first = spoolRecord(1, { sessionId, message: 'exit code 7' });
        const again = spoolRecord(2, { id, sessionId, message: 'stopped' });
        if (batches === 'in two') {
          await send([first]);
        }
        expect(await send([first, again])).toBe(2);
        expect((await all()).map(({ message }) => message)).toEqual([
          'exit code 7',
        ]);
        expect(published).toHaveLength(1);
        expect(await deadLetters()).toEqual([]);
        expect(logger.error).not.toHaveBeenCalled();

        // Of another session, or of another agent, it is no repetition.
        const otherId = '019aa000-0000-7000-b000-00000000000b';
        await send([spoolRecord(3, { id, sessionId: otherId })]);
        await send([spoolRecord(1, { id, sessionId })], { agent: 'other' });
        expect((await deadLetters()).map(({ reason }) => reason)).toEqual([
          'the event has its outcome already',
          'the event is of another agent',
        ]);
        expect(await all()).toHaveLength(1);
      },
    );

    it('stores nothing of a batch with a cluster that the agent is not bound to', async () => {
      const { send, all } = await setUp(databaseId);
      const batch = [
        spoolRecord(1, { clusterName: 'dev-1' }),
        spoolRecord(2, { clusterName: 'prod' }),
      ];
      await expect(send(batch, { clusters: ['dev-*'] })).rejects.toThrow(
        expect.objectContaining({
          name: 'NotAllowedError',
          message: 'Agent demo-proxy is not bound to the cluster "prod"',
        }),
      );
      expect(await all()).toEqual([]);
      expect(await send(batch.slice(0, 1), { clusters: ['dev-*'] })).toBe(1);
    });

    it('tells which records those are, and takes a word of the agent in their place', async () => {
      const { send, all, knex } = await setUp(databaseId);
      const clusters = ['dev-*'];
      const record = (sequence: number, clusterName: string) =>
        spoolRecord(sequence, { clusterName });
      await expect(
        send([record(1, 'dev-1'), record(2, 'prod'), record(3, 'dev-1')], {
          clusters,
        }),
      ).rejects.toThrow(expect.objectContaining({ sequences: [2] }));
      const withheld = '{"sequence":2,"withheld":"not bound to prod"}';
      expect(
        await send([record(1, 'dev-1'), withheld, record(3, 'dev-1')], {
          clusters,
        }),
      ).toBe(3);
      expect(await all()).toHaveLength(2);
      expect(await knex('dead_letters').select('reason')).toEqual([
        { reason: 'the agent keeps the record: not bound to prod' },
      ]);
    });

    it('tries a batch again that another one has overtaken', async () => {
      const knex = await migratedDatabase(databases, databaseId);
      const { writer } = openEventStore(knex);
      let tries = 0;
      const ingest = EventIngest.create({
        knex,
        writer: {
          write: async (transaction, agentId, records) => {
            tries++;
            if (tries === 1) {
              // A row that is there already: what the database says then.
              const key = { agent_id: agentId, epoch: EPOCH };
              await transaction('spools').insert(key);
            }
            return writer.write(transaction, agentId, records);
          },
        },
        publisher: EventPublisher.create({
          sinks: [],
          logger: mockServices.logger.mock(),
        }),
        logger: mockServices.logger.mock(),
        now: () => 0,
      });
      const answer = await ingest.ingest({
        agent: Agent.fromConfig({ id: 'a', subject: 'a', clusters: ['*'] }),
        epoch: EPOCH,
        body: ndjson(spoolRecord(1)),
      });
      expect(answer).toEqual({ acknowledgedSequence: 1 });
      expect(tries).toBe(2);
    });

    it('applies batches that come at once exactly once', async () => {
      const { send, all, deadLetters } = await setUp(databaseId);
      const batch = [1, 2, 3, 4, 5].map(n => spoolRecord(n));
      const answers = await Promise.all([
        send(batch),
        send(batch.slice(2)),
        send(batch.slice(0, 3)),
        // The same events through another spool: one of them is too late.
        send(batch, { epoch: randomUUID() }),
      ]);
      expect(Math.max(...answers)).toBe(5);
      expect(await all()).toHaveLength(5);
      const reasons = (await deadLetters()).map(({ reason }) => reason);
      expect(new Set(reasons)).toEqual(
        new Set(['the event has its outcome already']),
      );
    });
  });
});
