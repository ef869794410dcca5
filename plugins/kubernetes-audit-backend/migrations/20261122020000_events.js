/*
 * Audit events and what is needed to take each of them exactly once.
 *
 * An event is kept whole as JSON in `event` (its body aside, because lists do
 * not need it). The other columns repeat its fields for queries only: folded
 * to upper case by the application, since the databases do not agree with
 * JavaScript, nor with each other, on the case of letters beyond ASCII.
 *
 * `spools` holds a row per (agent, epoch) with the contiguous position that
 * was acknowledged; `spool_records` the checksum of every record applied, by
 * which a replay is told from a rewrite; `spool_gaps` the records that never
 * came; `dead_letters` what could not be stored as an event, as it came.
 */

/**
 * @param {import('knex').Knex} knex
 */
exports.up = async function up(knex) {
  await knex.schema.createTable('spools', table => {
    table.increments('id');
    table.text('agent_id').notNullable();
    table.uuid('epoch').notNullable();
    table
      .bigInteger('position')
      .notNullable()
      .defaultTo(0)
      .comment('All records up to this one are applied or given up');
    table
      .bigInteger('gap_since')
      .comment(
        'When a record above the position was first seen, ms since 1970',
      );
    table.unique(['agent_id', 'epoch']);
  });

  await knex.schema.createTable('spool_records', table => {
    table
      .integer('spool_id')
      .notNullable()
      .references('spools.id')
      .onDelete('CASCADE');
    table.bigInteger('sequence').notNullable();
    table.text('checksum').notNullable();
    table.primary(['spool_id', 'sequence']);
  });

  await knex.schema.createTable('spool_gaps', table => {
    table
      .integer('spool_id')
      .notNullable()
      .references('spools.id')
      .onDelete('CASCADE');
    table.bigInteger('first_sequence').notNullable();
    table.bigInteger('last_sequence').notNullable();
    table.bigInteger('noticed_at').notNullable();
    table.primary(['spool_id', 'first_sequence']);
  });

  await knex.schema.createTable('dead_letters', table => {
    table.bigIncrements('id');
    table
      .integer('spool_id')
      .notNullable()
      .references('spools.id')
      .onDelete('CASCADE');
    table
      .bigInteger('sequence')
      .notNullable()
      .comment('0 when it could not be told');
    table.text('checksum').notNullable();
    table.text('reason').notNullable();
    table.binary('record').notNullable();
    table.bigInteger('record_bytes').notNullable();
    table.bigInteger('received_at').notNullable();
    table.unique(['spool_id', 'sequence', 'checksum']);
  });

  await knex.schema.createTable('request_audit_events', table => {
    table.bigIncrements('number');
    table.uuid('id').notNullable().unique();
    table.bigInteger('executed_at').notNullable().comment('ms since 1970');
    table.bigInteger('sequence').notNullable();
    table
      .boolean('outcome_known')
      .notNullable()
      .comment('False while only the attempt has arrived');
    table.text('event').notNullable();
    table.text('request_body').comment('A JSON string');
    table.text('agent_id').notNullable();
    table.text('result').notNullable();
    table.text('message').notNullable();
    table.text('user_name').notNullable();
    table.text('user_email');
    table.text('user_entity_ref');
    table.text('client_ip').notNullable();
    table.text('client_name');
    table.text('cluster_name').notNullable();
    table.text('cluster_endpoint');
    table.text('role');
    table.text('namespace');
    table.text('verb').notNullable();
    table.text('resource').notNullable();
    table
      .text('filter_resource')
      .notNullable()
      .comment('The resource if it is one of the named ones, else OTHERS');
    table.text('resource_name');
    table.text('api_group');
    table.text('api_version');
    table.text('request_uri').notNullable();
    table.text('impersonated_user');
    table.text('impersonated_groups');
    table.text('kubernetes_groups');
    table.bigInteger('status_code');
    table.double('latency_ms');
    table.bigInteger('request_body_size');
    table.boolean('request_body_truncated');
    table.text('tunnel_agent_name');
    table.text('tunnel_tag');
    table.text('session_id');
    table.text('recording_id');
    table.text('connected_from').notNullable();
    table.index(['executed_at', 'id']);
  });
};

/**
 * @param {import('knex').Knex} knex
 */
exports.down = async function down(knex) {
  await knex.schema.dropTable('request_audit_events');
  await knex.schema.dropTable('dead_letters');
  await knex.schema.dropTable('spool_gaps');
  await knex.schema.dropTable('spool_records');
  await knex.schema.dropTable('spools');
};
