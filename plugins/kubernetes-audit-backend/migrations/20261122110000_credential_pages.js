/*
 * Pages of credentials: of all and of one user, the newest first. What has
 * expired or was revoked stays in the table and becomes most of it, so those
 * that are valid, and those that proxies must be told of, have an index each.
 */

/**
 * @param {import('knex').Knex} knex
 */
exports.up = async function up(knex) {
  await knex.schema.alterTable('credentials', table => {
    table.dropIndex('user_entity_ref');
    table.dropIndex('revoked_at');
    table.index(['issued_at', 'id'], 'credentials_list_index');
    table.index(
      ['user_entity_ref', 'issued_at', 'id'],
      'credentials_list_by_user_index',
    );
    table.index(['expires_at'], 'credentials_unrevoked_index', {
      predicate: knex.whereNull('revoked_at'),
    });
    table.index(['expires_at'], 'credentials_revoked_index', {
      predicate: knex.whereNotNull('revoked_at'),
    });
  });
};

/**
 * @param {import('knex').Knex} knex
 */
exports.down = async function down(knex) {
  await knex.schema.alterTable('credentials', table => {
    table.dropIndex([], 'credentials_revoked_index');
    table.dropIndex([], 'credentials_unrevoked_index');
    table.dropIndex([], 'credentials_list_by_user_index');
    table.dropIndex([], 'credentials_list_index');
    table.index('revoked_at');
    table.index('user_entity_ref');
  });
};
