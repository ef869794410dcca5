/*
 * Terms may be forgotten: the name of a person who is erased. Replicas keep ids
 * of terms in memory, so the row of `event_term_generation` tells them when
 * these are no more good. A batch of events holds it shared until its end, and
 * whoever forgets terms alone: no event is stored with an id that is gone.
 */

/**
 * @param {import('knex').Knex} knex
 */
exports.up = async function up(knex) {
  await knex.schema.createTable('event_term_generation', table => {
    table.integer('id').primary().comment('Always 1: there is one row');
    table.bigInteger('generation').notNullable();
  });
  await knex('event_term_generation').insert({ id: 1, generation: 0 });
};

/**
 * @param {import('knex').Knex} knex
 */
exports.down = async function down(knex) {
  await knex.schema.dropTable('event_term_generation');
};
