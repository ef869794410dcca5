/*
 * A search looks for a part of a text in five columns. Among a million
 * recordings there are a few thousand different texts in them: these are kept
 * apart, so that a search finds first the texts, and by them, with an index
 * for each column, the recordings. A text goes with its last recording.
 *
 * Recordings that are being removed are in no list, so they are in none of
 * the indexes that serve it; to count is then to read an index alone.
 */

const COLUMNS = [
  'user_name',
  'user_email',
  'cluster_name',
  'client_ip',
  'client_name',
];

/**
 * @param {import('knex').Knex} knex
 */
exports.up = async function up(knex) {
  await knex.schema.createTable('recording_search_values', table => {
    table.text('column_name').notNullable();
    table
      .text('value')
      .notNullable()
      .comment('As in the column: folded to upper case');
    table.primary(['column_name', 'value']);
  });
  for (const column of COLUMNS) {
    await knex('recording_search_values').insert(
      knex('recordings')
        .distinct(knex.raw('? as column_name', [column]), `${column} as value`)
        .whereNotNull(column),
    );
  }
  await knex.schema.alterTable('recordings', table => {
    const predicate = knex.whereNull('removal_began_at');
    table.dropIndex(['started_at', 'id']);
    table.index(['started_at', 'id'], 'recordings_list_index', { predicate });
    for (const column of COLUMNS) {
      table.index(
        [column, 'started_at', 'id'],
        `recordings_list_by_${column}_index`,
        { predicate },
      );
    }
  });
};

/**
 * @param {import('knex').Knex} knex
 */
exports.down = async function down(knex) {
  await knex.schema.alterTable('recordings', table => {
    for (const column of COLUMNS) {
      table.dropIndex([], `recordings_list_by_${column}_index`);
    }
    table.dropIndex([], 'recordings_list_index');
    table.index(['started_at', 'id']);
  });
  await knex.schema.dropTable('recording_search_values');
};
