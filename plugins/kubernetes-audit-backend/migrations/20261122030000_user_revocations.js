/*
 * All credentials of a user, revoked at once. One row takes back as many
 * credentials as there are, also those that this database does not know. As
 * revocations must find a user whatever case the name is written in, users are
 * kept in lower case from now on.
 */

/**
 * @param {import('knex').Knex} knex
 */
exports.up = async function up(knex) {
  await knex.schema.createTable('user_revocations', table => {
    table.string('user_entity_ref').primary();
    table
      .bigInteger('issued_before')
      .notNullable()
      .comment('Seconds since 1970, as the claims of credentials have them');
    table.bigInteger('revoked_at').notNullable().comment('ms since 1970');
    table
      .bigInteger('expires_at')
      .notNullable()
      .comment('When the last credential that it takes back has expired');
  });
  await knex('credentials').update({
    user_entity_ref: knex.raw('lower(user_entity_ref)'),
  });
};

/**
 * @param {import('knex').Knex} knex
 */
exports.down = async function down(knex) {
  await knex.schema.dropTable('user_revocations');
};
