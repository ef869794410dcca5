/*
 * PostgreSQL: `event_counts` is read by the index of `event_facets`. It hands a
 * condition on to both of its parts only when neither makes rows among its
 * columns; before, every page read all counts.
 */

const isPostgres = knex => knex.client.config.client === 'pg';

const VIEW = 'CREATE OR REPLACE VIEW event_counts AS';
const COUNTS = 'SELECT term_id, bucket, n, failed FROM event_facets';

/**
 * @param {import('knex').Knex} knex
 */
exports.up = async function up(knex) {
  if (isPostgres(knex)) {
    await knex.raw(`${VIEW} ${COUNTS}
      UNION ALL
      SELECT change.term_id, change.bucket, change.n, change.failed
      FROM event_facet_changes AS changes,
        unnest(changes.term_ids, changes.buckets, changes.n, changes.failed)
          AS change (term_id, bucket, n, failed)`);
  }
};

/**
 * @param {import('knex').Knex} knex
 */
exports.down = async function down(knex) {
  if (isPostgres(knex)) {
    await knex.raw(`${VIEW} ${COUNTS}
      UNION ALL
      SELECT unnest(term_ids), unnest(buckets), unnest(n), unnest(failed)
      FROM event_facet_changes`);
  }
};
