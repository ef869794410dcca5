/*
 * The last heartbeat of each agent, whole, as JSON: which clusters it has,
 * where kubectl reaches it and how it is.
 */

/**
 * @param {import('knex').Knex} knex
 */
exports.up = async function up(knex) {
  await knex.schema.createTable('agents', table => {
    table.string('id').primary();
    table.text('heartbeat').notNullable();
    table.bigInteger('last_seen_at').notNullable().comment('ms since 1970');
  });
};

/**
 * @param {import('knex').Knex} knex
 */
exports.down = async function down(knex) {
  await knex.schema.dropTable('agents');
};
