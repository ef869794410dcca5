import { TestDatabases } from '@backstage/backend-test-utils';
import type { Knex } from 'knex';
import { readdirSync } from 'node:fs';
import { eventId, spoolRecord } from '../__testUtils__/spoolRecord';
import { openEventStore } from '../audit';
import { migrationsDirectory } from './connectDatabase';

jest.setTimeout(60_000);

const ID = '019aa000-0000-7000-8000-000000000001';
const NOW = 1_795_312_061_000;

const EVENTS = '20261122020000_events.js';
const EVENT_STORE = '20261122050000_event_store.js';
const KEY_ROTATION = '20261122030100_key_rotation.js';
const spool = { id: 1, agent_id: 'proxy', epoch: ID };
const event = {
  id: ID,
  executed_at: NOW,
  sequence: 1,
  outcome_known: true,
  event: '{}',
  agent_id: 'PROXY',
  result: 'SUCCESS',
  message: '',
  user_name: 'GUEST',
  client_ip: '::1',
  cluster_name: 'DEMO',
  verb: 'GET',
  resource: 'PODS',
  filter_resource: 'PODS',
  request_uri: '/',
  connected_from: 'PROXY',
};
const recording = {
  id: ID,
  started_at: NOW,
  header: '{}',
  size_bytes: 1,
  cast_state: '{}',
  chunk_count: 1,
  agent_id: 'PROXY',
  status: 'RECORDING',
  session_id: ID,
  name: 'GUEST',
  user_name: 'GUEST',
  client_ip: '::1',
  cluster_name: 'DEMO',
  namespace: 'DEFAULT',
  pod_name: 'SHELL',
  kind: 'EXEC',
  command: '',
  tty: true,
  connected_from: 'PROXY',
};

/** What each migration's tables hold while it is taken back, in the order of the references. */
const ROWS: Record<string, [table: string, row: Record<string, unknown>][]> = {
  [EVENTS]: [
    ['spools', spool],
    ['spool_records', { spool_id: 1, sequence: 1, checksum: 'x' }],
    [
      'spool_gaps',
      { spool_id: 1, first_sequence: 2, last_sequence: 3, noticed_at: NOW },
    ],
    [
      'dead_letters',
      {
        spool_id: 1,
        sequence: 4,
        checksum: 'x',
        reason: 'bad',
        record: Buffer.from('x'),
        record_bytes: 1,
        received_at: NOW,
      },
    ],
  ],
  '20261122020100_recordings.js': [
    ['recordings', recording],
    [
      'recording_chunks',
      {
        recording_id: ID,
        chunk_index: 0,
        first_time: 0,
        last_time: 1,
        size_bytes: 1,
        checksum: 'x',
        blob_key: 'x',
      },
    ],
  ],
  '20261122020200_access.js': [
    [
      'signing_keys',
      {
        generation: 1,
        kid: 'x',
        public_key: '{}',
        encrypted_private_key: 'x',
        created_at: NOW,
      },
    ],
    ['key_secrets', { id: 1, secret: 'x' }],
    [
      'credentials',
      {
        id: ID,
        user_entity_ref: 'user:default/guest',
        issued_at: NOW,
        expires_at: NOW,
      },
    ],
    [
      'kubernetes_users',
      { kubernetes_user: 'guest', user_entity_ref: 'user:default/guest' },
    ],
    ['policy_versions', { id: 1, version: NOW, content_hash: 'x' }],
  ],
  '20261122020300_agents.js': [
    ['agents', { id: 'proxy', heartbeat: '{}', last_seen_at: NOW }],
  ],
  '20261122030000_user_revocations.js': [
    [
      'user_revocations',
      {
        user_entity_ref: 'user:default/guest',
        issued_before: 1,
        revoked_at: NOW,
        expires_at: NOW,
      },
    ],
  ],
  [KEY_ROTATION]: [],
  '20261122040000_recording_retention.js': [],
  [EVENT_STORE]: [
    ['spool_checkpoints', { spool_id: 1, noted_at: NOW, position: 1 }],
  ],
  '20261122060000_agent_workers.js': [],
  '20261122070000_recording_search.js': [
    ['recording_search_values', { column_name: 'user_name', value: 'x' }],
  ],
  '20261122080000_lighter_batches.js': [],
  '20261122080200_term_generation.js': [],
  '20261122080100_event_users.js': [
    ['event_users', { column_name: 'user_email', digest: 'x', user_id: 1 }],
  ],
  '20261122090000_tunnels.js': [
    [
      'tunnel_join_tokens',
      {
        id: ID,
        secret_box: '{}',
        name: 'edge',
        tags: '{}',
        clusters: '[]',
        created_by: 'user:default/guest',
        expires_at: NOW,
      },
    ],
    [
      'tunnel_agents',
      {
        name: 'edge',
        tags: '{}',
        clusters: '[]',
        public_key: '{}',
        joined_at: NOW,
      },
    ],
  ],
  '20261122090100_counts_by_index.js': [],
  '20261122100000_logins.js': [
    [
      'login_requests',
      {
        id: ID,
        device_hash: 'a',
        user_code_hash: 'b',
        host_name: 'laptop',
        client_ip: '::1',
        created_at: NOW,
        expires_at: NOW,
        state: 'pending',
      },
    ],
    [
      'logins',
      {
        id: ID,
        credential_id: ID,
        identity: '{}',
        secret_hash: 'c',
        rotated_at: NOW,
        groups_read_at: NOW,
        expires_at: NOW,
      },
    ],
  ],
  '20261122110000_credential_pages.js': [],
  '20261122120000_blob_owner.js': [['blob_owner', { id: 2, owner: 'x' }]],
  '20261122130000_counts_by_term.js': [],
};

/** Undoes migrations, this one at last. */
async function downThrough(knex: Knex, migration: string): Promise<void> {
  let name = '';
  while (!name.includes(migration)) {
    [, [name]] = await knex.migrate.down({ directory: migrationsDirectory });
  }
}

const migrations = readdirSync(migrationsDirectory).sort();

async function fill(knex: Knex, migration: string): Promise<void> {
  for (const [table, row] of ROWS[migration]) {
    await knex(table).insert(row);
  }
}

describe('migrations', () => {
  const databases = TestDatabases.create({ ids: ['POSTGRES_18', 'SQLITE_3'] });
  const options = { directory: migrationsDirectory };

  it.each(databases.eachSupportedId())(
    'go up, down and up again with data in the tables, %p',
    async databaseId => {
      const knex = await databases.init(databaseId);
      for (const migration of migrations) {
        await knex.migrate.up(options);
        await fill(knex, migration);
      }
      for (const migration of [...migrations].reverse()) {
        const [, [name]] = await knex.migrate.down(options);
        expect(name).toContain(migration);
        for (const [table] of ROWS[migration]) {
          expect(await knex.schema.hasTable(table)).toBe(false);
        }
      }
      await knex.migrate.latest(options);
      for (const migration of migrations) {
        await fill(knex, migration);
      }
    },
  );

  it.each(databases.eachSupportedId())(
    'let the key sign that did before there was a rotation, %p',
    async databaseId => {
      const knex = await databases.init(databaseId);
      await knex.migrate.latest(options);
      await downThrough(knex, KEY_ROTATION);
      await fill(knex, '20261122020200_access.js');
      await knex.migrate.latest(options);
      const columns = ['signs_since', 'retired_at', 'endorsement'];
      const [key] = await knex('signing_keys').select(columns);
      expect(Number(key.signs_since)).toBe(NOW);
      expect([key.retired_at, key.endorsement]).toEqual([null, null]);

      await downThrough(knex, KEY_ROTATION);
      const [before] = await knex('signing_keys');
      expect(before).toMatchObject({ generation: 1, kid: 'x' });
      columns.forEach(column => expect(before).not.toHaveProperty(column));
    },
  );

  it.each(databases.eachSupportedId())(
    'take the events of the flat table over, and back, %p',
    async databaseId => {
      const knex = await databases.init(databaseId);
      await knex.migrate.latest(options);
      await downThrough(knex, EVENT_STORE);
      const rich = {
        ...event,
        id: ID.replace(/1$/, '2'),
        event: JSON.stringify({ id: ID.replace(/1$/, '2') }),
        request_body: '"kind: Pod"',
        result: 'FAILURE',
        role: 'DEV',
        kubernetes_groups: '\u001fA\u001f\u001fB\u001f',
        status_code: 404,
      };
      await knex('request_audit_events').insert(event);
      await knex('request_audit_events').delete();
      await knex('request_audit_events').insert([
        event,
        rich,
        { ...event, id: ID.replace(/1$/, '3'), kubernetes_groups: '\u001f' },
      ]);
      const before = await knex('request_audit_events').orderBy('number');

      await knex.migrate.latest(options);
      const { store, writer } = openEventStore(knex);
      const all = await store.list({ limit: 9, order: 'asc' });
      expect(all.items.map(({ number }) => number)).toEqual([2, 3, 4]);
      expect(all.totalItems).toBe(3);
      for (const [filter, numbers] of [
        [{ userName: 'guest' }, [2, 3, 4]],
        [{ role: 'dev' }, [3]],
        [{ role: { $exists: false } }, [2, 4]],
        [{ kubernetesGroups: { $contains: 'b' } }, [3]],
        [{ kubernetesGroups: { $exists: true } }, [3, 4]],
        [{ result: 'failure', statusCode: 404 }, [3]],
      ] as const) {
        const page = await store.list({ limit: 9, order: 'asc', filter });
        expect(page.items.map(({ number }) => number)).toEqual(numbers);
      }
      expect(await store.get(rich.id)).toMatchObject({
        requestBody: 'kind: Pod',
      });
      const { stored } = await knex.transaction(transaction =>
        writer.write(transaction, 'proxy', [spoolRecord(9)]),
      );
      expect(stored).toMatchObject([{ number: 5 }]);

      await knex.transaction(async transaction => {
        const [{ number }] = await transaction('event_ids').where(
          'id',
          eventId(9),
        );
        await transaction('request_audit_events').where({ number }).delete();
      });
      await downThrough(knex, EVENT_STORE);
      expect(await knex('request_audit_events').orderBy('number')).toEqual(
        before,
      );
    },
  );
});
