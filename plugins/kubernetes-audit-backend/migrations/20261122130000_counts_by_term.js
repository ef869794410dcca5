/*
 * PostgreSQL: counts are found by their terms alone. With an index over the
 * buckets, too, the planner read all counts of a week for those of a few terms,
 * ten times as long; what needs all counts of a time runs once an hour and
 * reads the table.
 */

const isPostgres = knex => knex.client.config.client === 'pg';

/**
 * @param {import('knex').Knex} knex
 */
exports.up = async function up(knex) {
  if (isPostgres(knex)) {
    await knex.raw('DROP INDEX event_facets_bucket');
  }
};

/**
 * @param {import('knex').Knex} knex
 */
exports.down = async function down(knex) {
  if (isPostgres(knex)) {
    await knex.raw('CREATE INDEX event_facets_bucket ON event_facets (bucket)');
  }
};
