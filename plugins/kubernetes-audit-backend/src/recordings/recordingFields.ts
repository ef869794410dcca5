import type { FilterField, FilterFields } from '../database';

const text = (column: string): FilterField => ({ kind: 'text', column });
const integer = (column: string): FilterField => ({ kind: 'integer', column });

/** The fields of a recording that a filter may name. */
export const RECORDING_FIELDS: FilterFields = new Map<string, FilterField>([
  ['id', { kind: 'uuid', column: 'id' }],
  ['number', integer('number')],
  ['startedAt', { kind: 'time', column: 'started_at' }],
  ['endedAt', { kind: 'time', column: 'ended_at' }],
  ['status', text('status')],
  ['sizeBytes', integer('size_bytes')],
  ['durationMs', integer('duration_ms')],
  ['exitCode', integer('exit_code')],
  ['sessionId', text('session_id')],
  ['name', text('name')],
  ['userName', text('user_name')],
  ['userEmail', text('user_email')],
  ['userEntityRef', text('user_entity_ref')],
  ['clientIp', text('client_ip')],
  ['clientName', text('client_name')],
  ['clusterName', text('cluster_name')],
  ['clusterEndpoint', text('cluster_endpoint')],
  ['role', text('role')],
  ['namespace', text('namespace')],
  ['podName', text('pod_name')],
  ['container', text('container')],
  ['kind', text('kind')],
  ['command', { kind: 'list', column: 'command' }],
  ['tty', { kind: 'boolean', column: 'tty' }],
  ['tunnelAgentName', text('tunnel_agent_name')],
  ['tunnelTag', text('tunnel_tag')],
  ['connectedFrom', text('connected_from')],
  ['agentId', text('agent_id')],
]);
