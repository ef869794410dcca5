/*
 * A heartbeat of each worker of an agent: the workers of one proxy have a
 * spool and a copy of the policy each. What is there now is told again within
 * seconds.
 */

const worker = table => {
  table.string('id').notNullable();
  table.integer('worker').notNullable().defaultTo(1).comment('From 1');
  table.text('heartbeat').notNullable();
  table.bigInteger('last_seen_at').notNullable().comment('ms since 1970');
  table.primary(['id', 'worker']);
};
const whole = table => {
  table.string('id').primary();
  table.text('heartbeat').notNullable();
  table.bigInteger('last_seen_at').notNullable().comment('ms since 1970');
};

/**
 * @param {import('knex').Knex} knex
 */
exports.up = async function up(knex) {
  const rows = await knex('agents');
  await knex.schema.dropTable('agents');
  await knex.schema.createTable('agents', worker);
  if (rows.length > 0) {
    await knex('agents').insert(rows.map(row => ({ ...row, worker: 1 })));
  }
};

/**
 * @param {import('knex').Knex} knex
 */
exports.down = async function down(knex) {
  const rows = await knex('agents').where('worker', 1);
  await knex.schema.dropTable('agents');
  await knex.schema.createTable('agents', whole);
  if (rows.length > 0) {
    await knex('agents').insert(
      rows.map(({ id, heartbeat, last_seen_at }) => ({
        id,
        heartbeat,
        last_seen_at,
      })),
    );
  }
};
