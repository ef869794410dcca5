import type {
  EventFileFormat,
  StoredRequestAuditEvent,
} from 'backstage-plugin-kubernetes-audit-common';

/** How text begins that a spreadsheet takes for a formula; of some, in full width. */
const FORMULA = /^[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]/;

type Cell = string | number | boolean | undefined;

/** The columns of the page in its order and its words, and then those of the details. */
const COLUMNS: readonly [
  name: string,
  of: (event: StoredRequestAuditEvent) => Cell,
][] = [
  ['No', event => event.number],
  ['Executed At', event => event.executedAt],
  ['Result', event => event.result],
  ['Name', event => event.userName],
  ['Email', event => event.userEmail],
  ['Client IP', event => event.clientIp],
  ['Cluster Name', event => event.clusterName],
  ['Role', event => event.role],
  ['Namespace', event => event.namespace],
  ['Verb', event => event.verb],
  ['Resource', event => event.resource],
  ['Resource Name', event => event.resourceName],
  ['Message', event => event.message],
  ['Cluster Endpoint', event => event.clusterEndpoint],
  ['Kubernetes Groups', event => event.kubernetesGroups?.join(', ')],
  ['Client Name', event => event.clientName],
  ['Reverse Tunnel Agent Name', event => event.tunnelAgentName],
  ['Tag', event => event.tunnelTag],
  ['Kubernetes Impersonated User', event => event.impersonatedUser],
  [
    'Kubernetes Impersonated Group',
    event => event.impersonatedGroups?.join(', '),
  ],
  ['API Group', event => event.apiGroup],
  ['API Version', event => event.apiVersion],
  ['Request URI', event => event.requestUri],
  ['Status Code', event => event.statusCode],
  ['Id', event => event.id],
  ['Session Id', event => event.sessionId],
  ['Recording Id', event => event.recordingId],
  ['Request Body', event => event.requestBody],
];

/** Events as text of one format. */
export type EventFileWriter = {
  contentType: string;
  /** What comes before the first event. */
  head: string;
  write(event: StoredRequestAuditEvent): string;
};

export const EVENT_FILE_WRITERS: Record<EventFileFormat, EventFileWriter> = {
  csv: {
    contentType: 'text/csv; charset=utf-8',
    head: toLine(COLUMNS.map(([name]) => name)),
    write: event => toLine(COLUMNS.map(([, of]) => of(event))),
  },
  jsonl: {
    contentType: 'application/jsonl',
    head: '',
    write: event => `${JSON.stringify(event)}\n`,
  },
};

/** RFC 4180 */
function toLine(cells: readonly Cell[]): string {
  return `${cells.map(toCell).join(',')}\r\n`;
}

function toCell(cell: Cell): string {
  // A spreadsheet would run it.
  const text =
    typeof cell === 'string' && FORMULA.test(cell)
      ? `'${cell}`
      : `${cell ?? ''}`;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
