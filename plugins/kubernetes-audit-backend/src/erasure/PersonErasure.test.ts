import {
  createMockDirectory,
  mockCredentials,
  mockServices,
  TestDatabases,
} from '@backstage/backend-test-utils';
import { randomUUID } from 'node:crypto';
import type { SpoolRecord } from 'backstage-plugin-kubernetes-audit-common';
import { MemoryBlobStore } from '../__testUtils__/MemoryBlobStore';
import { migratedDatabase } from '../__testUtils__/migratedDatabase';
import {
  chunkNames,
  frameOf,
  headerEvent,
  recordingHeader,
} from '../__testUtils__/recordingChunk';
import { eventId, ndjson, spoolRecord } from '../__testUtils__/spoolRecord';
import {
  agentHeaders,
  BASE,
  startPlugin,
  userHeaders,
} from '../__testUtils__/startPlugin';
import { Agent } from '../agents';
import {
  DatabaseCredentialStore,
  DatabaseUserRevocationStore,
  KubernetesUserNames,
} from '../access';
import { openEventStore } from '../audit';
import { readKubernetesAuditConfig } from '../config';
import { DeadLetters } from '../ingest';
import { DatabaseLoginStore } from '../login';
import { DatabaseRecordingStore, RecordingIngest } from '../recordings';
import { DatabaseTunnelStore } from '../tunnels';
import { AccessErasure } from './AccessErasure';
import { DeadLetterErasure } from './DeadLetterErasure';
import { PersonErasure } from './PersonErasure';

jest.setTimeout(60_000);

const JANE = {
  userName: 'jane',
  userEmail: 'jane@example.com',
  userEntityRef: 'user:default/jane',
};
const PERSON = { userEntityRef: 'User:default/Jane' };
const admin = mockCredentials.user('user:default/admin');
const SESSION = '019aa000-0000-7000-9000-00000000000';

describe('PersonErasure', () => {
  const databases = TestDatabases.create({ ids: ['POSTGRES_18', 'SQLITE_3'] });
  const directory = createMockDirectory();

  describe.each(databases.eachSupportedId())('on %p', databaseId => {
    async function setUp() {
      const knex = await migratedDatabase(databases, databaseId);
      const { store, writer, erasure: events } = openEventStore(knex);
      const recordings = DatabaseRecordingStore.create(knex);
      const blobs = new MemoryBlobStore();
      const clock = { now: 0, step: 0 };
      let pseudonyms = 0;
      const ingest = RecordingIngest.create({
        store: recordings,
        blobs,
        names: chunkNames,
        indexer: { onChunk: () => {}, request: () => {} },
      });
      const now = () => (clock.now += clock.step);
      const agent = Agent.fromConfig({
        id: 'a',
        subject: 'a',
        clusters: ['*'],
      });
      return {
        knex,
        store,
        recordings,
        blobs,
        clock,
        erasure: PersonErasure.create({
          events,
          recordings,
          blobs,
          access: AccessErasure.create({
            credentials: DatabaseCredentialStore.create(knex),
            revocations: DatabaseUserRevocationStore.create(knex),
            logins: DatabaseLoginStore.create(knex),
            tunnels: DatabaseTunnelStore.create(knex),
            now,
          }),
          deadLetters: DeadLetterErasure.create(DeadLetters.create(knex)),
          userNames: KubernetesUserNames.create({
            knex,
            config: readKubernetesAuditConfig(mockServices.rootConfig()),
          }),
          authorizer: {
            isAllowed: async () => true,
            require: async () => {},
            visible: async () => undefined,
          },
          pseudonym: () => `erased-${++pseudonyms}`,
          now,
        }),
        /** By a replica with a memory of its own. */
        write: async (...records: SpoolRecord[]) => {
          await knex.transaction(transaction =>
            writer.write(transaction, 'demo-proxy', records),
          );
        },
        /** Keeps aside what is no event. */
        bury: async (record: object) => {
          const bytes = Buffer.from(JSON.stringify(record));
          const [spool] = await knex('spools')
            .insert({ agent_id: 'a', epoch: SESSION.concat('1') })
            .onConflict(['agent_id', 'epoch'])
            .merge()
            .returning('id');
          await knex('dead_letters').insert({
            spool_id: spool.id,
            sequence: 0,
            checksum: randomUUID(),
            reason: 'no event',
            record: bytes,
            record_bytes: bytes.length,
            received_at: 0,
          });
        },
        record: async (n: number) => {
          const header = recordingHeader({
            ...JANE,
            id: `019aa000-0000-7000-a000-00000000000${n}`,
            sessionId: `${SESSION}${n}`,
          });
          await ingest.putChunk(agent, {
            id: header.id,
            index: 0,
            bytes: frameOf(0, [headerEvent(header)]),
          });
          await ingest.complete(agent, header.id, {
            status: 'complete',
            endedAt: header.startedAt,
            durationMs: 1,
            chunkCount: 1,
          });
          return header.id;
        },
        /** Every text of every table. */
        texts: async () => {
          const tables = [
            'request_audit_events',
            'event_terms',
            'recordings',
            'recording_search_values',
            'credentials',
            'logins',
            'login_requests',
            databaseId === 'SQLITE_3' ? 'event_documents' : 'event_bodies',
          ];
          const rows = await Promise.all(tables.map(table => knex(table)));
          const letters = await knex('dead_letters').select('record');
          return JSON.stringify([
            rows,
            letters.map(({ record }) => Buffer.from(record).toString()),
          ]);
        },
      };
    }

    it('leaves what was called under a name that means nobody', async () => {
      const rig = await setUp();
      const event = {
        ...JANE,
        message: 'User "jane" is janet',
        requestUri: '/api?as=jane@example.com',
        requestBody: 'owner: Jane',
        clientIp: '10.1.2.3',
      };
      await rig.write(
        spoolRecord(1, { ...event, result: 'failure' }),
        spoolRecord(2, event),
        spoolRecord(3),
      );
      await rig.record(1);

      expect(await rig.erasure.erase(admin, PERSON)).toEqual({
        pseudonym: 'erased-1',
        events: 2,
        recordings: 1,
        credentials: 0,
        deadLetters: 0,
        held: { events: 0, recordings: 0, deadLetters: 0 },
        isComplete: true,
      });
      const erased = await rig.store.get(eventId(1));
      expect(erased).toEqual({
        ...spoolRecord(1, {
          result: 'failure',
          userName: 'erased-1',
          clientIp: 'erased',
          message: 'User "erased-1" is janet',
          requestUri: '/api?as=erased-1',
        }),
        schemaVersion: undefined,
        number: 1,
        agentId: 'demo-proxy',
      });
      const total = async (filter: object) =>
        (await rig.store.list({ limit: 1, filter })).totalItems;
      expect(await total({ userName: 'jane' })).toBe(0);
      expect(await total({ userName: 'erased-1' })).toBe(2);
      expect(await total({ userName: 'erased-1', result: 'failure' })).toBe(1);
      expect(await total({ userName: 'guest' })).toBe(1);
      expect(await rig.texts()).not.toMatch(/\bjane\b/i);
      expect([...rig.blobs.blobs.keys()]).toEqual([]);
    });

    it('changes nothing when it is asked again', async () => {
      const rig = await setUp();
      await rig.write(spoolRecord(1, JANE));
      await rig.erasure.erase(admin, PERSON);
      const before = await rig.texts();
      expect(await rig.erasure.erase(admin, PERSON)).toEqual({
        events: 0,
        recordings: 0,
        credentials: 0,
        deadLetters: 0,
        held: { events: 0, recordings: 0, deadLetters: 0 },
        isComplete: true,
      });
      expect(await rig.texts()).toEqual(before);
    });

    it('goes on where it ran out of time', async () => {
      const rig = await setUp();
      await rig.write(
        ...Array.from({ length: 450 }, (_, i) => spoolRecord(i + 1, JANE)),
      );
      // Each batch takes the time of a whole request.
      rig.clock.step = 20_000;
      const first = await rig.erasure.erase(admin, PERSON);
      expect(first).toMatchObject({ events: 200, isComplete: false });
      const second = await rig.erasure.erase(admin, PERSON);
      expect(second).toMatchObject({ events: 200, isComplete: false });
      const third = await rig.erasure.erase(admin, PERSON);
      expect(third).toMatchObject({ events: 50, isComplete: true });
      expect(await rig.texts()).not.toMatch(/\bjane\b/i);
    });

    it('keeps what is under a legal hold, with the events of its session', async () => {
      const rig = await setUp();
      await rig.write(
        spoolRecord(1, { ...JANE, sessionId: `${SESSION}1` }),
        spoolRecord(2, JANE),
      );
      await rig.bury({ ...JANE, sessionId: `${SESSION}1` });
      await rig.bury({ ...JANE, sessionId: `${SESSION}2` });
      const id = await rig.record(1);
      await rig.recordings.setLegalHold(id, {
        since: '2026-11-22T00:00:00.000Z',
        by: 'user:default/admin',
        reason: 'case 7',
      });
      expect(await rig.erasure.erase(admin, PERSON)).toEqual({
        pseudonym: 'erased-1',
        events: 1,
        recordings: 0,
        credentials: 0,
        deadLetters: 1,
        held: { events: 1, recordings: 1, deadLetters: 1 },
        isComplete: true,
      });
      expect((await rig.store.get(eventId(1)))?.userName).toBe('jane');
      await rig.recordings.setLegalHold(id, undefined);
      expect(await rig.erasure.erase(admin, PERSON)).toMatchObject({
        events: 1,
        recordings: 1,
        deadLetters: 1,
      });
      expect(await rig.texts()).not.toMatch(/\bjane\b/i);
    });

    it('lets the same user come again, also to a replica that remembers it', async () => {
      const rig = await setUp();
      await rig.write(spoolRecord(1, JANE));
      await rig.write(spoolRecord(2, JANE));
      const other = openEventStore(rig.knex);
      await rig.knex.transaction(transaction =>
        other.writer.write(transaction, 'demo-proxy', [spoolRecord(3, JANE)]),
      );
      await rig.erasure.erase(admin, { userName: 'JANE' });
      await rig.knex.transaction(transaction =>
        other.writer.write(transaction, 'demo-proxy', [spoolRecord(4, JANE)]),
      );
      await rig.write(spoolRecord(5, JANE));
      for (const filter of [
        { userName: 'jane' },
        { userEntityRef: JANE.userEntityRef },
      ]) {
        const page = await rig.store.list({ limit: 9, filter });
        expect(page.items.map(({ id }) => id)).toEqual([
          eventId(5),
          eventId(4),
        ]);
      }
    });
  });

  it('is for those who have the permission, and who asked is audited but not for whom', async () => {
    const { api, audited } = await startPlugin({ recordings: directory.path });
    await api
      .post(`${BASE}/v1/ingest/events`)
      .set(agentHeaders())
      .type('text')
      .send(ndjson(spoolRecord(1, JANE)).toString())
      .expect(200);
    await api
      .post(`${BASE}/v1/access/kubeconfig`)
      .set(userHeaders('jane'))
      .expect(200);
    const body = { person: PERSON, reference: 'DSR-17' };
    const erase = (user: string, sent: object) =>
      api.post(`${BASE}/v1/erasures`).set(userHeaders(user)).send(sent);
    expect((await erase('other', body)).status).toBe(403);
    expect((await erase('admin', { person: PERSON })).status).toBe(400);
    expect((await erase('admin', { ...body, person: {} })).status).toBe(400);
    const { status, body: report } = await erase('admin', body);
    expect(status).toBe(200);
    expect(report).toMatchObject({
      events: 1,
      credentials: 1,
      isComplete: true,
    });
    const { body: credentials } = await api
      .get(`${BASE}/v1/access/credentials`)
      .set(userHeaders());
    expect(credentials.items).toEqual([
      expect.objectContaining({
        userEntityRef: report.pseudonym,
        revokedAt: expect.any(String),
      }),
    ]);
    const entry = audited
      .filter(({ eventId: id }) => id === 'person-erase')
      .at(-1);
    expect(entry).toMatchObject({
      severityLevel: 'critical',
      status: 'succeeded',
      meta: { reference: 'DSR-17' },
    });
    expect(JSON.stringify(entry?.meta)).not.toContain('Jane');
  });
});
