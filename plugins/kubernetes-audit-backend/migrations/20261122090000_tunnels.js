/*
 * Reverse-tunnel agents: the tokens by which they join, each good once, and
 * the public keys of those that have. What a token lets an agent be is fixed
 * when it is issued. Agents that are revoked keep their row; neither the policy
 * nor the page names them any more.
 */

/**
 * @param {import('knex').Knex} knex
 */
exports.up = async function up(knex) {
  await knex.schema.createTable('tunnel_join_tokens', table => {
    table.uuid('id').primary();
    table
      .text('secret_box')
      .notNullable()
      .comment('What signs the join, encrypted');
    table.string('name').notNullable();
    table.text('tags').notNullable().comment('JSON');
    table.text('clusters').notNullable().comment('JSON, globs');
    table.string('created_by').notNullable();
    table.bigInteger('expires_at').notNullable().comment('ms since 1970');
    table
      .string('used_by')
      .comment('Thumbprint of the key that it was used with');
  });
  await knex.schema.createTable('tunnel_agents', table => {
    table.string('name').primary();
    table.text('tags').notNullable().comment('JSON');
    table.text('clusters').notNullable().comment('JSON, globs');
    table.text('public_key').notNullable().comment('JWK');
    table.bigInteger('joined_at').notNullable().comment('ms since 1970');
    table.bigInteger('revoked_at').comment('ms since 1970');
  });
};

/**
 * @param {import('knex').Knex} knex
 */
exports.down = async function down(knex) {
  await knex.schema.dropTable('tunnel_agents');
  await knex.schema.dropTable('tunnel_join_tokens');
};
