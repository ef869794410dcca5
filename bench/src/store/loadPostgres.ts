import type { Knex } from 'knex';
/* eslint-disable @backstage/no-relative-monorepo-imports */
import { SINGLE_TERM_KINDS } from '../../../plugins/kubernetes-audit-backend/src/audit/terms';
import { BenchTerms, makeTerms } from './benchTerms';
import { countDays } from './countDays';
import {
  BODY_SHARE,
  DAYS,
  FAILED_SHARE,
  PAST_DAYS,
  POPULATION,
  RARE_EVENTS,
} from './population';

const DAY_MS = 24 * 3600_000;

const literal = (ids: number[]) => `'{${ids.join(',')}}'::integer[]`;
const names = (texts: string[]) => `'{${texts.join(',')}}'::text[]`;

/** Which name of a kind a row has: the common ones mostly, in the past those of the past. */
function draws(terms: BenchTerms, isPast: boolean): string {
  return SINGLE_TERM_KINDS.map(kind => {
    const { names: all, skew, past } = POPULATION[kind];
    const common = `1 + floor(${all.length} * power(random(), ${skew}))::integer`;
    const index =
      past && isPast
        ? `CASE WHEN random() < ${past.share} THEN ${terms.single[kind].names.length} ELSE ${common} END`
        : common;
    return `${index} AS ${kind.toLowerCase()}_at`;
  }).join(',\n    ');
}

function insertDay(
  terms: BenchTerms,
  day: number,
  rows: number,
  isPast: boolean,
): string {
  const of = (
    kind: (typeof SINGLE_TERM_KINDS)[number],
    what: 'ids' | 'names',
  ) =>
    `(${
      what === 'ids'
        ? literal(terms.single[kind].ids)
        : names(terms.single[kind].names)
    })[${kind.toLowerCase()}_at]`;
  return `WITH draws AS MATERIALIZED (
  SELECT i, nextval('event_numbers') AS number,
    ${day * DAY_MS} + floor(i * ${DAY_MS}.0 / ${rows})::bigint AS time,
    random() < ${FAILED_SHARE} AS failed,
    1 + floor(${
      terms.groups.ids.length
    } * power(random(), 2))::integer AS group_at,
    md5(random()::text) AS noise,
    ${draws(terms, isPast)}
  FROM generate_series(0, ${rows - 1}) AS i
), named AS MATERIALIZED (
  SELECT *, (lpad(to_hex(time), 12, '0') || '7' || substr(noise, 1, 3) || '8' || substr(noise, 4, 15))::uuid AS id,
    ${SINGLE_TERM_KINDS.map(
      kind => `${of(kind, 'names')} AS ${kind.toLowerCase()}_name`,
    ).join(',\n    ')},
    'name-' || substr(noise, 20, 5) AS object
  FROM draws
), ids AS (
  INSERT INTO event_ids (id, executed_at, number) SELECT id, time, number FROM named
), bodies AS (
  INSERT INTO event_bodies (executed_at, id, request_body)
  SELECT time, id, '"kind: Pod\\nmetadata:\\n  name: ' || object || '\\n"' FROM named
  WHERE i % ${Math.round(1 / BODY_SHARE)} = 0
)
INSERT INTO request_audit_events (number, id, executed_at, sequence, outcome_known, failed, terms, group_terms, event,
  agent_id, message, client_name, cluster_endpoint, resource, resource_name, api_group, api_version, request_uri, status_code, latency_ms, connected_from)
SELECT number, id, time, number, true, failed,
  ARRAY[${SINGLE_TERM_KINDS.map(kind => of(kind, 'ids')).join(', ')}],
  ARRAY[(${literal(terms.groups.ids)})[group_at]],
  concat('{"id":"', id, '","executedAt":"', to_char(to_timestamp(time / 1000.0) AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
    '","result":"', CASE WHEN failed THEN 'failure' ELSE 'success' END, '","message":"OK","userName":"', user_name,
    '","clientIp":"', clientip_name, '","clientName":"kubectl/v1.32.0","clusterName":"', cluster_name,
    '","clusterEndpoint":"https://', cluster_name, '.example.com:6443","role":"', role_name, '","namespace":"', namespace_name,
    '","verb":"', verb_name, '","resource":"', resource_name, '","resourceName":"', object,
    '","apiGroup":"","apiVersion":"v1","requestUri":"/api/v1/namespaces/', namespace_name, '/', resource_name, '/', object,
    '","kubernetesGroups":["', (${names(
      terms.groups.names,
    )})[group_at], '"],"statusCode":200,"latencyMs":3.5,"connectedFrom":"Proxy","agentId":"bench"}'),
  'BENCH', 'OK', 'KUBECTL/V1.32.0', 'HTTPS://' || upper(cluster_name) || '.EXAMPLE.COM:6443', upper(resource_name), upper(object), '', 'V1',
  upper('/api/v1/namespaces/' || namespace_name || '/' || resource_name || '/' || object), CASE WHEN failed THEN 403 ELSE 200 END, 3.5, 'PROXY'
FROM named`;
}

/**
 * Fills a migrated database with events of so many days before a day. Made by
 * the server, since nothing else is as quick.
 */
export async function loadPostgres(
  knex: Knex,
  options: { rows: number; endDay: number; log: (line: string) => void },
): Promise<BenchTerms> {
  const { rows, endDay, log } = options;
  const terms = await makeTerms(knex);
  const perDay = Math.ceil(rows / DAYS);
  const startedAt = performance.now();
  for (let i = 0; i < DAYS; i++) {
    const day = endDay - DAYS + i;
    await knex.raw(insertDay(terms, day, perDay, i < PAST_DAYS));
    if (i % 30 === 29) {
      const seconds = Math.round((performance.now() - startedAt) / 1000);
      log(`${(i + 1) * perDay} rows after ${seconds} s`);
    }
  }
  for (let n = 0; n < RARE_EVENTS; n++) {
    const from = (endDay - 1 - n * 30) * DAY_MS;
    await knex.raw(
      `UPDATE request_audit_events SET terms[1] = ?
       WHERE (executed_at, id) = (SELECT executed_at, id FROM request_audit_events
       WHERE executed_at >= ? AND executed_at < ? ORDER BY 1 LIMIT 1)
       AND executed_at >= ? AND executed_at < ?`,
      [terms.rareUser, from, from + DAY_MS, from, from + DAY_MS],
    );
  }
  // As autovacuum does in time.
  await knex.raw('VACUUM ANALYZE');
  await countDays(knex, endDay);
  await knex.raw('VACUUM ANALYZE event_facets');
  return terms;
}
