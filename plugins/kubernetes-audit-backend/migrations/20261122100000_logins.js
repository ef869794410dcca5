/*
 * Command lines that sign in: those that wait for somebody to approve them, and
 * those that were approved and renew their credential. What they prove
 * themselves by is kept as a hash. A login's tokens all carry the id of its one
 * row in `credentials`, so one revocation ends all of them.
 */

/**
 * @param {import('knex').Knex} knex
 */
exports.up = async function up(knex) {
  await knex.schema.alterTable('credentials', table => {
    table.string('kind').notNullable().defaultTo('kubeconfig');
    table.text('host_name').comment('Of a login: what its machine is called');
    table.text('client_ip').comment('Of a login: from where it was asked for');
    table.bigInteger('last_used_at').comment('ms since 1970, as proxies tell');
  });

  await knex.schema.createTable('login_requests', table => {
    table.uuid('id').primary();
    table.string('device_hash').notNullable();
    table.string('user_code_hash').notNullable().unique();
    table.string('host_name').notNullable();
    table.string('client_ip').notNullable().index();
    table.bigInteger('created_at').notNullable().comment('ms since 1970');
    table.bigInteger('expires_at').notNullable().index();
    table.bigInteger('polled_at');
    table.string('state').notNullable().comment('pending, approved, denied');
    table.bigInteger('approved_at');
    table.text('identity').comment('JSON: who approved, and their groups');
  });

  await knex.schema.createTable('logins', table => {
    table.uuid('id').primary();
    table.uuid('credential_id').notNullable().unique();
    table.text('identity').notNullable().comment('JSON');
    table.string('secret_hash').notNullable();
    table.string('previous_hash').comment('Of the secret before, for a moment');
    table.bigInteger('rotated_at').notNullable().comment('ms since 1970');
    table
      .bigInteger('groups_read_at')
      .notNullable()
      .comment('When the catalog last told the groups');
    table.bigInteger('expires_at').notNullable().index();
  });
};

/**
 * @param {import('knex').Knex} knex
 */
exports.down = async function down(knex) {
  await knex.schema.dropTable('logins');
  await knex.schema.dropTable('login_requests');
  await knex.schema.alterTable('credentials', table => {
    table.dropColumns('kind', 'host_name', 'client_ip', 'last_used_at');
  });
};
