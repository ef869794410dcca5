/*
 * The life of a signing key: it is published, then it signs, then it only
 * verifies, then it is retired. Retired keys stay as rows, without their
 * private half: each key is endorsed by the one before, and a proxy that was
 * away for long follows these endorsements.
 */

/**
 * @param {import('knex').Knex} knex
 */
exports.up = async function up(knex) {
  await knex.schema.alterTable('signing_keys', table => {
    table
      .bigInteger('signs_since')
      .comment('ms since 1970; null while the key is only published');
    table.bigInteger('retired_at').comment('ms since 1970');
    table
      .text('endorsement')
      .comment('The public key, signed by the one before');
  });
  await knex('signing_keys').update({ signs_since: knex.ref('created_at') });
};

/**
 * The newest key signs at once after this, and each key that ever was verifies.
 *
 * @param {import('knex').Knex} knex
 */
exports.down = async function down(knex) {
  await knex.schema.alterTable('signing_keys', table => {
    table.dropColumns('signs_since', 'retired_at', 'endorsement');
  });
};
