/*
 * Which users have had an entity ref or an e-mail address: both are in the rows
 * of events only, and a user's own calls are asked for by the ref. Where a user
 * is found by them, the events of that user are looked at and no others.
 *
 * Values are digests, as in `event_terms`; a user is a term.
 */

const { createHash } = require('node:crypto');

const COLUMNS = ['user_entity_ref', 'user_email'];
const ROWS_AT_ONCE = 200;

const digestOf = value =>
  createHash('sha256').update(value).digest('base64url');

/**
 * @param {import('knex').Knex} knex
 */
exports.up = async function up(knex) {
  await knex.schema.createTable('event_users', table => {
    table.text('column_name').notNullable();
    table.text('digest').notNullable();
    table.integer('user_id').notNullable();
    table.primary(['column_name', 'digest', 'user_id']);
    table.index('user_id');
  });
  const user =
    knex.client.config.client === 'pg' ? knex.raw('terms[1]') : 'user_id';
  for (const column of COLUMNS) {
    const rows = await knex('request_audit_events')
      .whereNotNull(column)
      .distinct({ value: column, user_id: user });
    await knex.batchInsert(
      'event_users',
      rows.map(({ value, user_id }) => ({
        column_name: column,
        digest: digestOf(value),
        user_id,
      })),
      ROWS_AT_ONCE,
    );
  }
};

/**
 * @param {import('knex').Knex} knex
 */
exports.down = async function down(knex) {
  await knex.schema.dropTable('event_users');
};
