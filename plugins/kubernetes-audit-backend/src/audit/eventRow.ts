import {
  filterResourceOf,
  RequestAuditEvent,
  RequestAuditListItem,
  SpoolRecord,
  StoredRequestAuditEvent,
} from 'backstage-plugin-kubernetes-audit-common';
import { foldList, foldText } from '../database';

/** The table that events are in. */
export const EVENTS_TABLE = 'request_audit_events';

/** What identifies an event and its state, and the event itself. */
export type EventRow = {
  number: number | string;
  id: string;
  executed_at: number | string;
  sequence: number | string;
  outcome_known: boolean | number;
  /** JSON of a {@link StoredEvent}. */
  event: string;
  /** A JSON string. */
  request_body: string | null;
};

/** The columns of {@link EventRow}; the others exist for queries alone. */
export const EVENT_COLUMNS: (keyof EventRow)[] = [
  'number',
  'id',
  'executed_at',
  'sequence',
  'outcome_known',
  'event',
  'request_body',
];

/** What the `event` column holds. */
type StoredEvent = Omit<RequestAuditEvent, 'requestBody'> & { agentId: string };

/** A row as it is written; the store gives the number. */
export type NewEventRow = Omit<EventRow, 'number'> & Record<string, unknown>;

const fold = (text: string | undefined) =>
  text === undefined ? null : foldText(text);
const foldItems = (items: string[] | undefined) =>
  items === undefined ? null : foldList(items);

/** The row of an agent's record. */
export function toEventRow(
  agentId: string,
  record: SpoolRecord,
  outcomeKnown: boolean,
): NewEventRow {
  // Schema version and phase belong to the spool and not to the event.
  const { requestBody, sequence, schemaVersion, phase, ...event } = record;
  const stored: StoredEvent = { ...event, agentId };
  return {
    id: event.id.toLowerCase(),
    executed_at: Date.parse(event.executedAt),
    sequence,
    outcome_known: outcomeKnown,
    event: JSON.stringify(stored),
    // As JSON, because PostgreSQL does not store NUL in text.
    request_body:
      requestBody === undefined ? null : JSON.stringify(requestBody),
    agent_id: foldText(agentId),
    result: foldText(event.result),
    message: foldText(event.message),
    user_name: foldText(event.userName),
    user_email: fold(event.userEmail),
    user_entity_ref: fold(event.userEntityRef),
    client_ip: foldText(event.clientIp),
    client_name: fold(event.clientName),
    cluster_name: foldText(event.clusterName),
    cluster_endpoint: fold(event.clusterEndpoint),
    role: fold(event.role),
    namespace: fold(event.namespace),
    verb: foldText(event.verb),
    resource: foldText(event.resource),
    filter_resource: foldText(
      filterResourceOf(event.resource, event.apiGroup ?? ''),
    ),
    resource_name: fold(event.resourceName),
    api_group: fold(event.apiGroup),
    api_version: fold(event.apiVersion),
    request_uri: foldText(event.requestUri),
    impersonated_user: fold(event.impersonatedUser),
    impersonated_groups: foldItems(event.impersonatedGroups),
    kubernetes_groups: foldItems(event.kubernetesGroups),
    status_code: event.statusCode ?? null,
    latency_ms: event.latencyMs ?? null,
    request_body_size: event.requestBodySize ?? null,
    request_body_truncated: event.requestBodyTruncated ?? null,
    tunnel_agent_name: fold(event.tunnelAgentName),
    tunnel_tag: fold(event.tunnelTag),
    session_id: fold(event.sessionId),
    recording_id: fold(event.recordingId),
    connected_from: foldText(event.connectedFrom),
  };
}

/** The event of a row, without its body. */
export function toListItem(
  row: Omit<EventRow, 'request_body'>,
): RequestAuditListItem {
  // Written by toEventRow and by nothing else.
  const event = JSON.parse(row.event) as StoredEvent;
  return {
    ...event,
    number: Number(row.number),
    sequence: Number(row.sequence),
  };
}

/** The event of a row, with its body. */
export function toStoredEvent(row: EventRow): StoredRequestAuditEvent {
  const item = toListItem(row);
  return row.request_body === null
    ? item
    : { ...item, requestBody: JSON.parse(row.request_body) };
}
