import {
  NAMED_RESOURCES,
  OTHER_RESOURCES,
} from 'backstage-plugin-kubernetes-audit-common';
import { FilterField, FilterFields, foldText } from '../database';
import type { TermKind } from './terms';

const text = (column: string): FilterField => ({ kind: 'text', column });
const integer = (column: string): FilterField => ({ kind: 'integer', column });

/** The columns, as fields know them, that are no columns but terms. */
export const TERM_COLUMNS: ReadonlyMap<string, TermKind> = new Map<
  string,
  TermKind
>([
  ['user_name', 'user'],
  ['cluster_name', 'cluster'],
  ['verb', 'verb'],
  ['filter_resource', 'resource'],
  ['namespace', 'namespace'],
  ['role', 'role'],
  ['client_ip', 'clientIp'],
  ['kubernetes_groups', 'group'],
]);

/** Of the terms' kinds, those that an event may be without. */
export const OPTIONAL_TERMS: ReadonlySet<TermKind> = new Set<TermKind>([
  'namespace',
  'role',
  'group',
]);

/** The results that there are, folded, and whether each is a failure. */
export const RESULTS: ReadonlyMap<string, boolean> = new Map([
  [foldText('success'), false],
  [foldText('failure'), true],
]);

/** The fields of an event that a filter may name. */
export const EVENT_FIELDS: FilterFields = new Map<string, FilterField>([
  ['id', { kind: 'uuid', column: 'id' }],
  ['number', integer('number')],
  ['executedAt', { kind: 'time', column: 'executed_at' }],
  ['result', text('result')],
  ['message', text('message')],
  ['userName', text('user_name')],
  ['userEmail', text('user_email')],
  ['userEntityRef', text('user_entity_ref')],
  ['clientIp', text('client_ip')],
  ['clientName', text('client_name')],
  ['clusterName', text('cluster_name')],
  ['clusterEndpoint', text('cluster_endpoint')],
  ['role', text('role')],
  ['namespace', text('namespace')],
  ['verb', text('verb')],
  [
    'resource',
    {
      kind: 'text',
      column: 'resource',
      // A named resource means the one of its built-in API group.
      aliases: {
        column: 'filter_resource',
        values: new Set(
          [...Object.keys(NAMED_RESOURCES), OTHER_RESOURCES].map(foldText),
        ),
      },
    },
  ],
  ['resourceName', text('resource_name')],
  ['apiGroup', text('api_group')],
  ['apiVersion', text('api_version')],
  ['requestUri', text('request_uri')],
  ['impersonatedUser', text('impersonated_user')],
  ['impersonatedGroups', { kind: 'list', column: 'impersonated_groups' }],
  ['kubernetesGroups', { kind: 'list', column: 'kubernetes_groups' }],
  ['requestBodySize', integer('request_body_size')],
  [
    'requestBodyTruncated',
    { kind: 'boolean', column: 'request_body_truncated' },
  ],
  ['statusCode', integer('status_code')],
  ['latencyMs', { kind: 'double', column: 'latency_ms' }],
  ['tunnelAgentName', text('tunnel_agent_name')],
  ['tunnelTag', text('tunnel_tag')],
  ['sessionId', text('session_id')],
  ['recordingId', text('recording_id')],
  ['connectedFrom', text('connected_from')],
  ['agentId', text('agent_id')],
  ['sequence', integer('sequence')],
]);
