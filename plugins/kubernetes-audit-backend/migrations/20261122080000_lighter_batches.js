/*
 * Less work for each batch of events, and for each page of them.
 *
 * Users, namespaces and groups are counted by days, under the first hour of
 * each: by hours there were nearly as many counts as events. All else stays
 * counted by hours.
 *
 * PostgreSQL: a batch changes hundreds of counts, and two that come at once
 * change mostly the same, so each batch leaves one row with its changes in
 * `event_facet_changes`. Every so many rows, one batch brings them all into
 * `event_facets`: that is one change of each count in place of one for each
 * batch. SQLite changes a count in the time that a row takes there, and has no
 * such table.
 *
 * `event_counts` is what both tables together say.
 *
 * SQLite: the indexes over terms hold the other terms, too, so that what one of
 * them finds is judged without the row.
 *
 * Checksums refer to their spool no more: spools are never deleted, and to look
 * each time cost more than the row.
 */

const isPostgres = knex => knex.client.config.client === 'pg';

const CHANGES = `
CREATE TABLE event_facet_changes (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  term_ids integer[] NOT NULL,
  buckets integer[] NOT NULL,
  n integer[] NOT NULL,
  failed integer[] NOT NULL
)`;

const COUNTS = `
CREATE VIEW event_counts AS
SELECT term_id, bucket, n, failed FROM event_facets`;

const WAITING_COUNTS = `
UNION ALL
SELECT unnest(term_ids), unnest(buckets), unnest(n), unnest(failed)
FROM event_facet_changes`;

const INDEXED_TERMS = ['user', 'cluster', 'verb', 'resource', 'client_ip'];
const JUDGED_COLUMNS = [
  'user_id',
  'cluster_id',
  'verb_id',
  'resource_id',
  'namespace_id',
  'role_id',
  'client_ip_id',
  'failed',
];

/** Makes SQLite's indexes over terms anew, with columns behind the key of the row. */
async function indexTerms(knex, columns) {
  for (const term of INDEXED_TERMS) {
    const name = `request_audit_events_${term}`;
    const others = columns.filter(column => column !== `${term}_id`);
    const key = [`${term}_id`, 'executed_at', 'id', ...others];
    await knex.raw(`DROP INDEX ${name}`);
    await knex.raw(
      `CREATE INDEX ${name} ON request_audit_events (${key.join(', ')})`,
    );
  }
}

const DAILY_TERMS = `
SELECT id FROM event_terms WHERE kind IN ('user', 'namespace', 'group')`;

/** Puts counts in place of those of the terms that are counted by days now. */
async function replaceDaily(knex, counts) {
  await knex.raw(`CREATE TABLE event_facets_new AS ${counts}`);
  await knex.raw(`DELETE FROM event_facets WHERE term_id IN (${DAILY_TERMS})`);
  await knex.raw(
    `INSERT INTO event_facets (term_id, bucket, n, failed)
     SELECT term_id, bucket, n, failed FROM event_facets_new`,
  );
  await knex.schema.dropTable('event_facets_new');
}

/** The events of each hour and term, of those that were counted by days. */
const HOURLY = {
  postgres: `
SELECT term AS term_id, (executed_at / 3600000)::integer AS bucket,
  count(*) AS n, count(*) FILTER (WHERE event.failed) AS failed
FROM request_audit_events AS event,
  unnest(terms[1:1] || terms[5:5] || group_terms) AS term
GROUP BY 1, 2`,
  sqlite: `
SELECT term AS term_id, executed_at / 3600000 AS bucket,
  count(*) AS n, sum(failed) AS failed
FROM (
  SELECT user_id AS term, executed_at, failed FROM request_audit_events
  UNION ALL
  SELECT namespace_id, executed_at, failed FROM request_audit_events
  UNION ALL
  SELECT item.value, executed_at, failed FROM request_audit_events,
    json_each('[' || trim(group_terms, ',') || ']') AS item
)
GROUP BY 1, 2`,
};

/**
 * @param {import('knex').Knex} knex
 */
exports.up = async function up(knex) {
  await replaceDaily(
    knex,
    `SELECT term_id, bucket - (bucket % 24) AS bucket,
       sum(n) AS n, sum(failed) AS failed
     FROM event_facets WHERE term_id IN (${DAILY_TERMS}) GROUP BY 1, 2`,
  );
  await knex.schema.alterTable('spool_records', table => {
    table.dropForeign('spool_id');
  });
  if (isPostgres(knex)) {
    await knex.raw(CHANGES);
  } else {
    await indexTerms(knex, JUDGED_COLUMNS);
  }
  await knex.raw(isPostgres(knex) ? COUNTS + WAITING_COUNTS : COUNTS);
};

/**
 * @param {import('knex').Knex} knex
 */
exports.down = async function down(knex) {
  if (isPostgres(knex)) {
    await knex.raw(
      `INSERT INTO event_facets AS facet (term_id, bucket, n, failed)
       SELECT term_id, bucket, sum(n), sum(failed)
       FROM (
         SELECT unnest(term_ids) AS term_id, unnest(buckets) AS bucket,
           unnest(n) AS n, unnest(failed) AS failed
         FROM event_facet_changes
       ) AS change
       GROUP BY 1, 2
       ON CONFLICT (term_id, bucket) DO UPDATE
       SET n = facet.n + excluded.n, failed = facet.failed + excluded.failed`,
    );
  } else {
    await indexTerms(knex, []);
  }
  await knex.raw('DROP VIEW event_counts');
  await knex.schema.alterTable('spool_records', table => {
    table.foreign('spool_id').references('spools.id').onDelete('CASCADE');
  });
  await knex.schema.dropTableIfExists('event_facet_changes');
  await replaceDaily(knex, isPostgres(knex) ? HOURLY.postgres : HOURLY.sqlite);
};
