/*
 * Recordings and the index of their chunks. The bytes of a chunk are in the
 * blob store under `blob_key`, which is named by their content; a row is
 * written after its blob.
 *
 * `header` and `completion` hold what the proxy said, as JSON; the other text
 * columns repeat it for queries, folded to upper case. `cast_state` is what
 * the count of asciicast bytes needs to go on with the next chunk: the bytes
 * of characters that the last one cut in two.
 */

/**
 * @param {import('knex').Knex} knex
 */
exports.up = async function up(knex) {
  await knex.schema.createTable('recordings', table => {
    table.bigIncrements('number');
    table.uuid('id').notNullable().unique();
    table.bigInteger('started_at').notNullable().comment('ms since 1970');
    table.text('header').notNullable();
    table.text('completion');
    table.bigInteger('size_bytes').notNullable();
    table.text('cast_state').notNullable();
    table.integer('chunk_count').notNullable();
    table.text('agent_id').notNullable();
    table.text('status').notNullable();
    table.bigInteger('ended_at');
    table.bigInteger('duration_ms');
    table.bigInteger('exit_code');
    table.text('session_id').notNullable();
    table.text('name').notNullable();
    table.text('user_name').notNullable();
    table.text('user_email');
    table.text('user_entity_ref');
    table.text('client_ip').notNullable();
    table.text('client_name');
    table.text('cluster_name').notNullable();
    table.text('cluster_endpoint');
    table.text('role');
    table.text('namespace').notNullable();
    table.text('pod_name').notNullable();
    table.text('container');
    table.text('kind').notNullable();
    table.text('command').notNullable();
    table.boolean('tty').notNullable();
    table.text('tunnel_agent_name');
    table.text('tunnel_tag');
    table.text('connected_from').notNullable();
    table.index(['started_at', 'id']);
  });

  await knex.schema.createTable('recording_chunks', table => {
    table
      .uuid('recording_id')
      .notNullable()
      .references('recordings.id')
      .onDelete('CASCADE');
    table.integer('chunk_index').notNullable();
    table.bigInteger('first_time').notNullable().comment('µs since the start');
    table.bigInteger('last_time').notNullable();
    table
      .bigInteger('size_bytes')
      .notNullable()
      .comment('Bytes of its frames without compression');
    table.text('checksum').notNullable().comment('SHA-256 of the bytes sent');
    table.text('blob_key').notNullable();
    table.primary(['recording_id', 'chunk_index']);
  });
};

/**
 * @param {import('knex').Knex} knex
 */
exports.down = async function down(knex) {
  await knex.schema.dropTable('recording_chunks');
  await knex.schema.dropTable('recordings');
};
