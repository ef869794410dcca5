/*
 * What the portal needs to issue and revoke credentials and to sign the
 * policy bundle. Private keys are encrypted; the secret that encrypts them is
 * in the configuration, and in `key_secrets` only where development does
 * without one. `kubernetes_users` keeps who was the first to be called so:
 * two users must never be one to a cluster.
 */

/**
 * @param {import('knex').Knex} knex
 */
exports.up = async function up(knex) {
  await knex.schema.createTable('signing_keys', table => {
    table
      .integer('generation')
      .primary()
      .comment('Signs when it is the highest; unique, so one replica creates');
    table.text('kid').notNullable().unique();
    table.text('public_key').notNullable();
    table.text('encrypted_private_key').notNullable();
    table.bigInteger('created_at').notNullable();
  });

  await knex.schema.createTable('key_secrets', table => {
    table.integer('id').primary();
    table.text('secret').notNullable();
  });

  await knex.schema.createTable('credentials', table => {
    table.uuid('id').primary();
    table.text('user_entity_ref').notNullable().index();
    table.bigInteger('issued_at').notNullable().comment('ms since 1970');
    table.bigInteger('expires_at').notNullable();
    table.bigInteger('revoked_at').index();
  });

  await knex.schema.createTable('kubernetes_users', table => {
    table.string('kubernetes_user', 1024).primary();
    table.text('user_entity_ref').notNullable();
  });

  await knex.schema.createTable('policy_versions', table => {
    table.integer('id').primary().comment('Always 1: there is one row');
    table.bigInteger('version').notNullable();
    table.text('content_hash').notNullable();
  });
};

/**
 * @param {import('knex').Knex} knex
 */
exports.down = async function down(knex) {
  await knex.schema.dropTable('policy_versions');
  await knex.schema.dropTable('kubernetes_users');
  await knex.schema.dropTable('credentials');
  await knex.schema.dropTable('key_secrets');
  await knex.schema.dropTable('signing_keys');
};
