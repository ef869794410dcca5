/*
 * What tells this database's recordings from another one's where both portals
 * keep them in one place: it is a part of the name of every blob. One row, made
 * here, so that all replicas read the same.
 */

const { randomBytes } = require('node:crypto');

const OWNER_BYTES = 8;

/**
 * @param {import('knex').Knex} knex
 */
exports.up = async function up(knex) {
  await knex.schema.createTable('blob_owner', table => {
    table.integer('id').primary();
    table.string('owner').notNullable().comment('Hexadecimal digits');
  });
  await knex('blob_owner').insert({
    id: 1,
    owner: randomBytes(OWNER_BYTES).toString('hex'),
  });
};

/**
 * @param {import('knex').Knex} knex
 */
exports.down = async function down(knex) {
  await knex.schema.dropTable('blob_owner');
};
