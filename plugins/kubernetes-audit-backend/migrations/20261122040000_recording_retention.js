/*
 * A legal hold keeps a recording from being deleted. A deletion begins with a
 * mark, so that no hold comes between it and the end: the blobs go first, then
 * the rows, and what a crash left is deleted the next time.
 */

/**
 * @param {import('knex').Knex} knex
 */
exports.up = async function up(knex) {
  await knex.schema.alterTable('recordings', table => {
    table.text('legal_hold').comment('JSON: since, by, reason');
    table.bigInteger('removal_began_at').comment('ms since 1970');
  });
};

/**
 * @param {import('knex').Knex} knex
 */
exports.down = async function down(knex) {
  await knex.schema.alterTable('recordings', table => {
    table.dropColumns('legal_hold', 'removal_began_at');
  });
};
