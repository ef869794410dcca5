import type { Knex } from 'knex';
/* eslint-disable @backstage/no-relative-monorepo-imports */
import { SINGLE_TERM_KINDS } from '../../../plugins/kubernetes-audit-backend/src/audit/terms';
import { BenchTerms, makeTerms } from './benchTerms';
import { countDays } from './countDays';
import {
  DAYS,
  FAILED_SHARE,
  PAST_DAYS,
  POPULATION,
  RARE_EVENTS,
} from './population';

const DAY_MS = 24 * 3600_000;

const COLUMNS = {
  user: 'user_id',
  cluster: 'cluster_id',
  verb: 'verb_id',
  resource: 'resource_id',
  namespace: 'namespace_id',
  role: 'role_id',
  clientIp: 'client_ip_id',
} as const;

/** A random number between 0 and 1. */
const RANDOM = '((random() & 1048575) / 1048576.0)';

/** The place of a name: the common ones mostly, in the past those of the past. */
function place(terms: BenchTerms, kind: keyof typeof COLUMNS, isPast: boolean) {
  const { names, skew, past } = POPULATION[kind];
  const common = `cast(${names.length} * pow(${RANDOM}, ${skew}) as integer)`;
  return past && isPast
    ? `CASE WHEN ${RANDOM} < ${past.share} THEN ${
        terms.single[kind].names.length - 1
      } ELSE ${common} END`
    : common;
}

/** Ids of one kind come one after the other, since they were made together; names are looked up by them. */
function insertDay(
  terms: BenchTerms,
  day: number,
  first: number,
  rows: number,
  isPast: boolean,
): string[] {
  const idAt = (kind: keyof typeof COLUMNS) =>
    `(SELECT id FROM bench_names WHERE kind = '${kind}' AND place = ${kind}_at)`;
  const nameAt = (kind: keyof typeof COLUMNS) =>
    `(SELECT name FROM bench_names WHERE kind = '${kind}' AND place = ${kind}_at)`;
  return [
    'DELETE FROM bench_draws',
    `INSERT INTO bench_draws
     WITH RECURSIVE counter(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM counter WHERE i < ${
       rows - 1
     })
     SELECT ${first} + i, ${day * DAY_MS} + i * ${DAY_MS} / ${rows},
       ${RANDOM} < ${FAILED_SHARE},
       cast(${terms.groups.ids.length} * pow(${RANDOM}, 2) as integer),
       lower(hex(randomblob(12))),
       ${SINGLE_TERM_KINDS.map(kind => place(terms, kind, isPast)).join(
         ', ',
       )}, NULL
     FROM counter`,
    `UPDATE bench_draws SET id = printf('%08x-%04x-7%s-8%s-%s', time >> 16, time & 65535,
       substr(noise, 1, 3), substr(noise, 4, 3), substr(noise, 7, 12))`,
    `INSERT INTO event_ids (number, id, executed_at) SELECT number, id, time FROM bench_draws`,
    `INSERT INTO request_audit_events (number, id, executed_at, sequence, outcome_known, failed,
       ${SINGLE_TERM_KINDS.map(kind => COLUMNS[kind]).join(', ')}, group_terms,
       agent_id, message, client_name, resource, resource_name, api_group, api_version, request_uri, status_code, latency_ms, connected_from)
     SELECT number, id, time, number, 1, failed, ${SINGLE_TERM_KINDS.map(
       idAt,
     ).join(', ')},
       ',' || (SELECT id FROM bench_names WHERE kind = 'group' AND place = group_at) || ',',
       'BENCH', 'OK', 'KUBECTL/V1.32.0', upper(${nameAt(
         'resource',
       )}), 'NAME-' || substr(noise, 20), '', 'V1',
       '/API/V1/NAMESPACES/' || upper(${nameAt('namespace')}), 200, 3.5, 'PROXY'
     FROM bench_draws`,
    `INSERT INTO event_documents (executed_at, id, event)
     SELECT time, id, json_object('id', id, 'executedAt', strftime('%Y-%m-%dT%H:%M:%S', time / 1000, 'unixepoch') || printf('.%03dZ', time % 1000),
       'result', CASE WHEN failed THEN 'failure' ELSE 'success' END, 'message', 'OK',
       'userName', ${nameAt('user')}, 'clusterName', ${nameAt(
      'cluster',
    )}, 'verb', ${nameAt('verb')},
       'resource', ${nameAt('resource')}, 'namespace', ${nameAt(
      'namespace',
    )}, 'clientIp', ${nameAt('clientIp')},
       'clientName', 'kubectl/v1.32.0', 'requestUri', '/api/v1', 'connectedFrom', 'Proxy', 'agentId', 'bench')
     FROM bench_draws`,
  ];
}

/** Fills a migrated database with events of so many days before a day. */
export async function loadSqlite(
  knex: Knex,
  options: { rows: number; endDay: number; log: (line: string) => void },
): Promise<void> {
  const { rows, endDay, log } = options;
  const terms = await makeTerms(knex);
  const perDay = Math.ceil(rows / DAYS);
  await knex.raw(
    'CREATE TEMPORARY TABLE bench_names (kind text, place integer, id integer, name text, PRIMARY KEY (kind, place)) WITHOUT ROWID',
  );
  await knex.raw(
    `CREATE TEMPORARY TABLE bench_draws (number, time, failed, group_at, noise, ${SINGLE_TERM_KINDS.map(
      kind => `${kind}_at`,
    ).join(', ')})`,
  );
  await knex.raw('ALTER TABLE bench_draws ADD COLUMN id');
  for (const [kind, { ids, names }] of [
    ...Object.entries(terms.single),
    ['group', terms.groups] as const,
  ]) {
    await knex.batchInsert(
      'bench_names',
      ids.map((id, i) => ({ kind, place: i, id, name: names[i] })),
      100,
    );
  }
  const startedAt = performance.now();
  for (let i = 0; i < DAYS; i++) {
    const day = endDay - DAYS + i;
    await knex.transaction(async transaction => {
      const first = i * perDay + 1;
      for (const sql of insertDay(terms, day, first, perDay, i < PAST_DAYS)) {
        await transaction.raw(sql);
      }
    });
    if (i % 30 === 29) {
      const seconds = Math.round((performance.now() - startedAt) / 1000);
      log(`${(i + 1) * perDay} rows after ${seconds} s`);
    }
  }
  await knex('request_audit_events')
    .whereIn(
      'number',
      Array.from({ length: RARE_EVENTS }, (_, n) => (n + 1) * perDay * 25),
    )
    .update({ user_id: terms.rareUser });
  await countDays(knex, endDay);
}
