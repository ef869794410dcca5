import {
  filterResourceOf,
  RequestAuditEvent,
  RequestAuditListItem,
  StoredRequestAuditEvent,
} from 'backstage-plugin-kubernetes-audit-common';
import { ColumnValue, foldList, foldText } from '../database';
import type { EventItem } from './EventTables';
import {
  IdentityColumn,
  SINGLE_TERM_KINDS,
  SingleTermKind,
  Term,
} from './terms';

const fold = (text: string | undefined) =>
  text === undefined ? null : foldText(text);

/** An event as it will be read, but for its number. */
type AgentEvent = Omit<StoredRequestAuditEvent, 'number'>;

type RowColumn = {
  name: string;
  of(event: AgentEvent): ColumnValue;
};

const text = (
  name: string,
  of: (event: AgentEvent) => string | undefined,
): RowColumn => ({ name, of: event => fold(of(event)) });

/**
 * The columns that repeat fields of the event for queries which are no terms:
 * too many values, or too seldom asked for.
 */
export const ROW_COLUMNS: readonly RowColumn[] = [
  text('agent_id', event => event.agentId),
  text('message', event => event.message),
  text('user_email', event => event.userEmail),
  text('user_entity_ref', event => event.userEntityRef),
  text('client_name', event => event.clientName),
  text('cluster_endpoint', event => event.clusterEndpoint),
  text('resource', event => event.resource),
  text('resource_name', event => event.resourceName),
  text('api_group', event => event.apiGroup),
  text('api_version', event => event.apiVersion),
  text('request_uri', event => event.requestUri),
  text('impersonated_user', event => event.impersonatedUser),
  {
    name: 'impersonated_groups',
    of: ({ impersonatedGroups: groups }) =>
      groups === undefined ? null : foldList(groups),
  },
  {
    name: 'status_code',
    of: event => event.statusCode ?? null,
  },
  {
    name: 'latency_ms',
    of: event => event.latencyMs ?? null,
  },
  {
    name: 'request_body_size',
    of: event => event.requestBodySize ?? null,
  },
  {
    name: 'request_body_truncated',
    of: event => event.requestBodyTruncated ?? null,
  },
  text('tunnel_agent_name', event => event.tunnelAgentName),
  text('tunnel_tag', event => event.tunnelTag),
  text('session_id', event => event.sessionId),
  text('recording_id', event => event.recordingId),
  text('connected_from', event => event.connectedFrom),
];

const SINGLE_TERMS: Record<
  SingleTermKind,
  (event: RequestAuditEvent) => string | undefined
> = {
  user: event => event.userName,
  cluster: event => event.clusterName,
  verb: event => event.verb,
  resource: event => filterResourceOf(event.resource, event.apiGroup ?? ''),
  namespace: event => event.namespace,
  role: event => event.role,
  clientIp: event => event.clientIp,
};

/** An event's terms, and what else says who the user is. */
export type NamedTerms = {
  single: Term[];
  groups: Term[];
  user: Term;
  identities: { column: IdentityColumn; value: string }[];
};

export function termsOfEvent(event: RequestAuditEvent): NamedTerms {
  const groups = event.kubernetesGroups?.map(foldText);
  const identity = (column: IdentityColumn, value: string | undefined) =>
    value === undefined ? [] : [{ column, value: foldText(value) }];
  return {
    user: { kind: 'user', value: foldText(event.userName) },
    identities: [
      ...identity('user_entity_ref', event.userEntityRef),
      ...identity('user_email', event.userEmail),
    ],
    single: SINGLE_TERM_KINDS.map(kind => {
      const value = SINGLE_TERMS[kind](event);
      return { kind, value: value === undefined ? value : foldText(value) };
    }),
    groups: groups
      ? [...new Set(groups)].map(value => ({ kind: 'group', value }))
      : [{ kind: 'group', value: undefined }],
  };
}

/** What the `event` column holds. */
type EventDocument = Omit<AgentEvent, 'sequence' | 'requestBody'>;

/** The event without what other columns and tables hold, as JSON. */
export function documentOf(event: AgentEvent): string {
  // JSON has nothing that is undefined; to copy all but some of its properties takes V8 eight times as long.
  const document = { ...event, requestBody: undefined, sequence: undefined };
  return JSON.stringify(document satisfies EventDocument);
}

/** The event's body as JSON, because PostgreSQL does not store NUL in text. */
export function bodyOf({ requestBody }: AgentEvent): string | null {
  return requestBody === undefined ? null : JSON.stringify(requestBody);
}

/** An event without its body. */
export function toListItem({
  number,
  sequence,
  event,
}: EventItem): RequestAuditListItem {
  // Written by documentOf and by nothing else.
  return { ...(JSON.parse(event) as EventDocument), number, sequence };
}

/** An event with its body, which is JSON. */
export function toStoredEvent(
  item: EventItem,
  requestBody: string | null | undefined,
): StoredRequestAuditEvent {
  const event = toListItem(item);
  return typeof requestBody === 'string'
    ? { ...event, requestBody: JSON.parse(requestBody) }
    : event;
}
